"""Who signs in which gatekeeper role, and what was signed: quorum, delegation, sign-offs."""
