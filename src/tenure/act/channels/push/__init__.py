"""What wakes a browser or a telephone: Web Push, FCM and APNs."""
