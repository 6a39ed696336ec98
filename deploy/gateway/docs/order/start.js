SwaggerUIBundle({"deepLinking":true,"dom_id":"#docs","url":"/openapi/order.json","validatorUrl":null});
