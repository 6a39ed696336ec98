package picture

// drawings are the pictures of the demo catalogue, in its order.
func drawings() []drawing {
	return []drawing{
		{0xf6e7c8, 0xd9a05b, []shape{ // desk lamp
			box(.5, .84, .2, .03, .03, 0x3a3f4b), box(.43, .62, .015, .24, .015, 0x545b6b).turned(-14), box(.53, .34, .015, .17, .015, 0x545b6b).turned(42),
			disc(.64, .34, .13, 0xfff4cf), box(.66, .27, .15, .07, .05, 0xc8442f).turned(24),
		}},
		{0xdfe9ea, 0x9fb8bd, []shape{ // mug
			ring(.68, .53, .12, .05, 0x2f6f7e), box(.47, .55, .2, .24, .06, 0x2f6f7e), box(.47, .35, .2, .035, .035, 0x8fc1c9), box(.47, .35, .17, .022, .022, 0x4a2c1a),
			box(.47, .62, .2, .02, 0, 0xe9d8a6),
		}},
		{0xf3ead9, 0xc9b28f, []shape{ // chopping board
			box(.5, .56, .32, .24, .05, 0xb07a43), shape{x: .5, y: .56, w: .27, h: .19, round: .04, thick: .012, paint: 0x8a5a2b},
			box(.5, .26, .06, .09, .05, 0xb07a43), disc(.5, .24, .025, 0xe9dcc3), box(.5, .5, .2, .006, .006, 0x9c6a37), box(.46, .6, .17, .006, .006, 0x9c6a37),
		}},
		{0xe8ecf4, 0xa9b4cc, []shape{ // blanket
			box(.5, .6, .3, .22, .05, 0x41598c), box(.5, .5, .3, .035, .02, 0xf2efe6), box(.5, .6, .3, .02, .01, 0xc8442f), box(.5, .69, .3, .035, .02, 0xf2efe6),
			box(.5, .4, .3, .06, .05, 0x4d68a3),
		}},
		{0xeef0ea, 0xb9c4b1, []shape{ // fountain pen
			box(.44, .58, .045, .3, .04, 0x1f3d36).turned(45), box(.33, .69, .05, .15, .045, 0x16302a).turned(45), box(.645, .375, .022, .07, .02, 0xd4af37).turned(45),
			box(.43, .59, .048, .012, .004, 0xd4af37).turned(45), box(.73, .29, .01, .06, .01, 0xf0d879).turned(45),
		}},
		{0xf8efe6, 0xe0bfa4, []shape{ // notebook
			box(.52, .52, .23, .32, .03, 0xf7f3ea), box(.49, .51, .23, .32, .03, 0x8c2f39), box(.31, .51, .03, .32, .02, 0x6f222b), box(.6, .51, .012, .32, .004, 0x3a1115),
			box(.47, .38, .09, .04, .012, 0xf3e2c7), box(.43, .85, .01, .06, .005, 0xd4af37),
		}},
		{0xe9edf0, 0xaab7c0, []shape{ // coffee press
			ring(.7, .56, .11, .035, 0x30343b), box(.47, .58, .17, .25, .03, 0xcfdde3), box(.47, .66, .155, .16, .02, 0x4a2c1a), box(.47, .49, .155, .015, .006, 0x9aa3aa),
			box(.47, .31, .18, .035, .02, 0x30343b), box(.47, .22, .01, .08, .01, 0x9aa3aa), disc(.47, .15, .03, 0x30343b), box(.47, .84, .19, .025, .02, 0x30343b),
		}},
		{0xf1e4d6, 0xc59c7a, []shape{ // pan
			box(.8, .3, .17, .03, .03, 0x2a2a2e).turned(-40), disc(.44, .56, .29, 0x2a2a2e), disc(.44, .56, .25, 0x3a3a40), ring(.44, .56, .2, .008, 0x4b4b53),
			disc(.4, .55, .1, 0xfdfaf0), disc(.39, .54, .045, 0xf2a72e),
		}},
		{0xe6ece2, 0xa2b595, []shape{ // backpack
			ring(.5, .22, .08, .03, 0x5c4a2f), box(.5, .55, .25, .32, .14, 0x6b7a45), box(.5, .67, .18, .14, .05, 0x7d8d53), box(.5, .36, .25, .06, .05, 0x59663a),
			box(.38, .5, .018, .16, .01, 0x5c4a2f), box(.62, .5, .018, .16, .01, 0x5c4a2f), box(.38, .55, .03, .02, .006, 0xd4af37), box(.62, .55, .03, .02, .006, 0xd4af37),
		}},
		{0xeae6f0, 0xb3a8c6, []shape{ // clock
			disc(.5, .5, .34, 0x3c3352), disc(.5, .5, .3, 0xfbfaf6), box(.5, .24, .012, .03, .006, 0x3c3352), box(.5, .76, .012, .03, .006, 0x3c3352),
			box(.24, .5, .03, .012, .006, 0x3c3352), box(.76, .5, .03, .012, .006, 0x3c3352), box(.5, .4, .014, .12, .012, 0x3c3352).turned(0),
			box(.58, .55, .012, .11, .01, 0x3c3352).turned(118), box(.46, .6, .005, .15, .004, 0xc8442f).turned(22), disc(.5, .5, .025, 0xc8442f),
		}},
		{0xeaf3e3, 0xa8cf9a, []shape{ // herb garden
			box(.34, .47, .016, .15, .016, 0x3f7d3a).turned(-8), box(.5, .43, .016, .18, .016, 0x4c9446), box(.66, .47, .016, .15, .016, 0x3f7d3a).turned(8),
			box(.29, .33, .07, .05, .05, 0x5aa84f).turned(30), box(.38, .3, .07, .05, .05, 0x6fbf5f).turned(-30), box(.45, .28, .07, .05, .05, 0x5aa84f).turned(40),
			box(.55, .25, .07, .05, .05, 0x6fbf5f).turned(-40), box(.62, .33, .07, .05, .05, 0x6fbf5f).turned(30), box(.71, .31, .07, .05, .05, 0x5aa84f).turned(-30),
			box(.5, .72, .32, .15, .02, 0x9aa5ad), box(.5, .6, .33, .025, .01, 0xb9c3ca),
		}},
		{0xf2e9dd, 0xbf9b76, board()},
	}
}

// board is a chess set that lies open.
func board() []shape {
	shapes := []shape{box(.5, .52, .36, .36, .03, 0x6b4423), box(.5, .52, .32, .32, 0, 0xecd9b6)}
	for row := range 8 {
		for column := range 8 {
			if (row+column)%2 == 1 {
				shapes = append(shapes, box(.22+.08*float64(column), .24+.08*float64(row), .04, .04, 0, 0xa06a3c))
			}
		}
	}
	for i, at := range [][2]float64{{.3, .64}, {.46, .56}, {.62, .72}, {.38, .32}, {.54, .4}, {.7, .32}} {
		paint := uint32(0xfaf3e3)
		if i >= 3 {
			paint = 0x2b1c12
		}
		shapes = append(shapes, disc(at[0], at[1], .033, paint), disc(at[0]-.008, at[1]-.008, .016, paint))
	}
	return shapes
}
