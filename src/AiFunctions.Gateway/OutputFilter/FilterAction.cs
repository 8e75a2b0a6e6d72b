namespace AiFunctions.Gateway.OutputFilter;

/// <summary>What is done about a match.</summary>
internal enum FilterAction
{
    /// <summary>A placeholder takes its place.</summary>
    Redact,

    /// <summary>The text so far stays, the rest is withheld.</summary>
    Block,

    /// <summary>It is counted and passes.</summary>
    Flag,

    /// <summary>It is not looked for.</summary>
    Off,
}
