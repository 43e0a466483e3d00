"""HTTP for machines: partners' programs and health checks, with the same domain calls as pages."""
