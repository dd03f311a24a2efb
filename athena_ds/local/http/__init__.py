"""A request and its answer: the listener, what is asked, what is answered, and asking moto on the way."""
