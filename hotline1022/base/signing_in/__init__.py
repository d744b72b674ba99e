"""How a person at a browser proves who it is: password, second factor, session. What a role may do is `access`'s and each route's."""
