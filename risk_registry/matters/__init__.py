"""事项: projects and decisions as registered."""
