"""The living hotel systems behind the stand-in: made-up houses whose bookings never stand still."""
