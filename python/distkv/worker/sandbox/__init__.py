"""What keeps stored code away from the machine that it runs on."""
