"""The most common passwords of eight characters and more, Latin and pinyin, in the form they are compared in."""

from __future__ import annotations

COMMON = frozenset(
    """
    !@#$%^&* !@#$%^&*() !qaz2wsx !qaz@wsx 00000000 000000000 0000000000 01234567 012345678 0123456789 02468135
    10101010 110110110 11111111 111111111 1111111111 11223344 1122334455 112233445566 119119119 120120120 12121212
    123!@#qwe 12301230 123123123 123321123 123321123321 1234!@#$ 12341234 123412345 12344321 123454321 1234554321
    123456!@# 123456!a 123456..a 123456.a 12345678 123456789 1234567890 12345678910 123456789a 123456789abc
    123456789q 123456789z 12345678a 12345678abc 12345678q 1234567a 1234567q 123456@a 123456aa 123456ab 123456abc
    123456asd 123456qq 123456qwe 12345abc 12345asd 12345qwe 12345qwert 1234abcd 1234asdf 1234qwer 123abc123
    123asd123 123qwe123 123qweasd 123qweasdzxc 13131313 13141314 13145200 1314520a 13572468 13579246 1357924680
    147147147 147258369 147852369 159159159 159357258 159753456 19491001 19800101 19850101 19880808 19900101
    19971997 1a2b3c4d 1a2b3c4d5e 1a2s3d4f 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz!qaz 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx
    1qazxsw2 1z2x3c4v 20000101 20080808 20200202 20202020 20210101 20220101 20230101 20240101 20250101 20260101
    222222222 2468013579 24681357 258258258 2wsx3edc 321321321 333333333 357357357 369369369 3edc4rfv 456456456
    520131400 52013145 5201314520 5201314a 5201314qq 52052052 520520520 5211314521 555555555 66666666 666666666
    741852963 76543210 777777777 789456123 789456123a 789789789 87654321 88888888 888888888 8888888888 88888888a
    963852741 98765432 987654321 9876543210 99999999 999999999 a1111111 a11111111 a123123123 a1234567 a12345678
    a123456789 a1a2a3a4 a1b2c3d4 a1b2c3d4e5 a1s2d3f4 a5201314 a66666666 a88888888 aa123456 aa123456! aa123456.
    aa12345678 aa123456789 aa@123456 aaa123456 aaaa1111 aaaaaaaa aabbcc112233 aabbccdd ab123456 abc!1234 abc12345
    abc123456 abc123456789 abc123abc abc@1234 abc@123456 abcabc123 abcd1234 abcd12345 abcd123456 abcde12345 abcdefg1
    abcdefg123 abcdefgh admin!@# admin123 admin1234 admin12345 admin123456 admin2020 admin2021 admin2022 admin2023
    admin2024 admin2025 admin2026 admin666 admin888 admin@123 admin@1234 admin@123456 adminadmin administrator
    aini1314 alibaba123 asd123456 asd123asd asdasd123 asdf1234 asdf123456 asdf@1234 asdfasdf asdfghjk asdfghjkl
    asdzxc123 bangongshi bangongshi123 baobao123 baobei123 baseball baseball1 batman123 beian123 beian123456
    beijing123 beijing2008 beijing2022 changeme changeme1 changeme123 charlie1 chen1234 chen123456 chengdu123
    chengkou chengkou123 chongqing chongqing1 chongqing123 cisco123 computer computer1 contrasena corvette danwei123
    danwei123456 default1 default123 dragon123 einstein elephant explorer facai888 fadacai888 fengxianpinggu
    firebird football football1 gongwuyuan gongxifacai guangzhou guest123 guest123456 h3c@1234 hangzhou huang123456
    huawei123 huawei@123 iloveu520 iloveyou iloveyou1 iloveyou2 iloveyou520 inspur123 internet internet1 jennifer
    jessica1 jiguan123 jixiang123 kuaile123 laogong123 laopo123 lenovo123 lenovo@123 letmein1 letmein123 li123456
    liu123456 loveyou520 manager123 master123 maverick mercedes michael1 microsoft microsoft1 midnight mima1234
    mima12345 mima123456 mimamima mimashi123 monkey123 motdepasse mysql123 nanjing123 nihao123 nihao123456 nihaoma1
    nihaonihao oracle123 p@55w0rd p@55word p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword p@ssword1 pa$$w0rd pa$$word
    pa55word pass1234 pass12345 pass123456 pass@123 pass@word1 passpass passw0rd passw0rd! passw0rd1 passwd123
    password password! password1 password1! password12 password123 password1234 password@123 passwort passwort1
    pingan123 pingan888 pinganshifu postgres postgres123 princess princess1 q12345678 q123456789 q1q1q1q1 q1w2e3r4
    q1w2e3r4t5 qaz123456 qazwsx123 qazwsxedc qazwsxedcrfv qazxswedc qq123456 qq12345678 qq123456789 qqqqqqqq
    qwe!@#123 qwe123456 qwe123asd qwe123qwe qweasd123 qweasdzxc qweasdzxc123 qwer1234 qwer12345 qwer123456 qwer@1234
    qwerasdf qwerasdfzxcv qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui qwertyuio qwertyuiop
    renminzhengfu root1234 root123456 root@123 rootroot samantha secret123 security security1 shadow123 shanghai1
    shanghai123 shehuiwending shenzhen shenzhen123 starwars sun123456 sunshine sunshine1 superman superman1 sysadmin
    system123 taobao123 tencent123 test1234 test123456 test@123 test@1234 testtest tianjin123 tiantian tiantian1
    toor1234 trustno1 user1234 user123456 user@123 victoria wang1234 wang123456 wangjile wangjimima wangwang
    wanshiruyi wechat123 weiwen123 weiwenban weixin123 weixin123456 welcome1 welcome123 welcome@123 wenping123
    wenpingban wenpingbeian whatever windows1 windows10 windows123 wo5201314 woaibaobao woaini123 woaini123456
    woaini1314 woaini520 woaini5201314 woaini521 woaiwojia woaizhongguo woaizuguo wodemima wodemima1 wodemima123
    woshishui woshiwode wsad1234 wu123456 wuhan123456 xianwei123 xianzhengfu xiaolong xiaoming xiaoming1 xiaowang123
    xiaoxiao xinfang1 xinfang123 xinfangban xinfangju xinfangju123 xingfu123 xinxiangshicheng xu123456 yang1234
    yang123456 z123456789 zaq12wsx zaq1@wsx zaq1xsw2 zhang123 zhang123456 zhao123456 zhengfawei zhengfawei1
    zhengfawei123 zhengfu123 zhongguo zhongguo1 zhongguo123 zhongguo2008 zhou123456 zhu123456 zhuanyong123 zxc123456
    zxcasdqwe zxcv1234 zxcvbnm, zxcvbnm1 zxcvbnm123 zz123456
    """.split()
)
