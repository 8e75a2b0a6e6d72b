namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Who a text comes from: that decides what in it is an attack.</summary>
internal enum TextSource
{
    /// <summary>The user: attacks on the system's own instructions and limits.</summary>
    User,

    /// <summary>A tool result or a document: there, an instruction addressed to the model is an attack of itself.</summary>
    Document,
}
