"""Where should service centres stand: location models on the travel times of any source, with proofs or stated gaps."""
