SwaggerUIBundle({"deepLinking":true,"dom_id":"#docs","url":"/openapi/product.json","validatorUrl":null});
