"""The description of the API in OpenAPI, made from the routes and one table of operations."""
