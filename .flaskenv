# Tells the flask command where the application is.
FLASK_APP=app
