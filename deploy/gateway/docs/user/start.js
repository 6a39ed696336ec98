SwaggerUIBundle({"deepLinking":true,"dom_id":"#docs","url":"/openapi/user.json","validatorUrl":null});
