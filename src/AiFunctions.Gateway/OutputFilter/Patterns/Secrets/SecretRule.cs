namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>What an issuer's secrets look like, and what must hold besides. <see cref="SecretRuleReader"/> tells how it is written.</summary>
internal sealed record SecretRule
{
    /// <summary>The least entropy of what has a prefix or marker: less than that of any two signs in turn, and no run of one.</summary>
    public const double LeastEntropy = 1.8;

    /// <summary>The least entropy of what nothing but the words before tells.</summary>
    public const double LeastEntropyByWords = 2.8;

    /// <summary>Whose secrets they are.</summary>
    public required string Issuer { get; init; }

    /// <summary>Which of the issuer's; empty when there is but one kind.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The shapes they may have.</summary>
    public required IReadOnlyList<SecretShape> Shapes { get; init; }

    /// <summary>Whether a word may end in the prefix by chance, so that a secret is none directly after a letter or digit.</summary>
    public bool StandsAlone { get; init; }

    /// <summary>Whether one that begins with a run may stand directly after a letter.</summary>
    public bool MayStandInside { get; init; }

    /// <summary>Whether one character must be a digit, because words could have the form otherwise.</summary>
    public bool NeedsDigit { get; init; }

    /// <summary>The least entropy in bits for each character.</summary>
    public double Entropy { get; init; } = LeastEntropy;

    /// <summary>One of these, in any case, must stand before, and a word such as "key" or "token"; none means any text may stand there.</summary>
    public IReadOnlyList<string> WordsBefore { get; init; } = [];

    /// <summary>What proves a secret, however unlikely it looks. A wrong one proves nothing: models mistype keys.</summary>
    public SecretChecksum Checksum { get; init; }

    /// <summary>Made-up texts that hold such a secret at their end.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Made-up texts that nearly do.</summary>
    public IReadOnlyList<string> NearMisses { get; init; } = [];
}
