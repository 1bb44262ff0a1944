"""After the end: until when data can be taken out, when it is deleted, and the telling of both."""
