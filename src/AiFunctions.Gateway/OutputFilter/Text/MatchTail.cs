namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>What else belongs to a match that has no bound: it is withheld as it comes.</summary>
internal enum MatchTail
{
    None,

    /// <summary>The rest of a token or path.</summary>
    Token,

    /// <summary>The rest of a domain.</summary>
    Domain,

    /// <summary>The rest of the line.</summary>
    Line,

    /// <summary>Up to the end line of a PEM block.</summary>
    Pem,
}
