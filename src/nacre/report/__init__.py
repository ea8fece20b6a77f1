"""Reports: what happened in a day, a week or a month, by event time in UTC."""
