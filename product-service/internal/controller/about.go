package controller

// What the documentation says of each route.
const (
	search = "Every word of `q` must begin a word of the name or the description, in any case and accent. " +
		"Sort by `name`, `price`, `quantity` or `createdAt`, with a minus for the other way round. Archived products are for admins to list."
	create = "The price takes effect at once, and the quantity is the first stock adjustment. The id is the service's to choose."
	find   = "Archived products stay readable. The ETag names what is shown, stock included; with If-None-Match it answers 304 while nothing has changed. " +
		"What is shown is at most a second old."
	change = "What is left out stays as it is; `lowStockThreshold` may be null. If-Match is required: the ETag of any answer, or `*`. " +
		"Orders that change the stock meanwhile do not stand in the way."
	putImage = "The body is the image itself: a JPEG, PNG, WebP or GIF, told by its content whatever Content-Type says. " +
		"Metadata such as the place it was taken at is left out, and smaller renditions are made."
	showImage   = "The image as it was sent, without its metadata; with `w` a smaller rendition. With `v`, as in `imageUrl`, it may be kept for a year."
	deleteImage = "Orders that show the image go on showing it."
	readPrices  = "All prices in the order of time, also those set for later, with the lowest of the last 30 days (directive 98/6/EC, article 6a); " +
		"or with `at` the one price of a moment."
	setPrice        = "Takes effect by itself at `effectiveFrom`, or at once. A moment that is past is refused; a price for the same moment replaces the earlier one."
	listAdjustments = "Who changed the stock when, by how much and why, and what was on hand afterwards; the latest first."
	adjust          = "By a difference (`delta`) or to what a stock-take has found (`quantity`). With If-Match it is done only if the stock is still what the ETag says. " +
		"There cannot be less on hand than orders have reserved."
	offer        = "Keeps the prices of this moment for one order of yours until `expiresAt`. It holds no stock."
	readQuote    = "Those of others do not exist."
	readAnyQuote = "For order-service, which looks a quote up when an order names it."
	importRows   = "Rows without an id are new products, rows with one change what they name; `quantity` is what is on hand. " +
		"At most 100 000 rows and 64 MiB. The answer comes while the rows do: a line of progress now and then, the report last."
	readReservation = "What an order has of the stock, and at which prices."
	readSeveral     = "In the order of the ids; those that do not exist are left out."
)
