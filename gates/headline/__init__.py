"""The one number this product is measured by: of the pilots started, how many deliver measured value."""
