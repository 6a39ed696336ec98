-- Who may do what in the database: one user a service, with rights on its own
-- schema and on no other. Carried out at every start of the server, so that
-- rotated passwords hold from then on. deploy/secrets fills in the passwords.
-- A statement is one line, as init_file wants it.
ALTER USER 'root'@'localhost' IDENTIFIED BY '@ROOT@';
CREATE DATABASE IF NOT EXISTS user_db CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS product_db CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS order_db CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE USER IF NOT EXISTS 'user_service'@'%' IDENTIFIED BY '@USER@';
CREATE USER IF NOT EXISTS 'product_service'@'%' IDENTIFIED BY '@PRODUCT@';
CREATE USER IF NOT EXISTS 'order_service'@'%' IDENTIFIED BY '@ORDER@';
ALTER USER 'user_service'@'%' IDENTIFIED BY '@USER@';
ALTER USER 'product_service'@'%' IDENTIFIED BY '@PRODUCT@';
ALTER USER 'order_service'@'%' IDENTIFIED BY '@ORDER@';
GRANT ALL ON `user\_db`.* TO 'user_service'@'%';
GRANT ALL ON `product\_db`.* TO 'product_service'@'%';
GRANT ALL ON `order\_db`.* TO 'order_service'@'%';
