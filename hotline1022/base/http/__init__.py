"""The ground that every HTTP interface stands on: routes as data, checked input, errors in one shape, a description of it all."""
