namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Where a text comes from, which decides what in it is an attack.</summary>
internal enum TextSource
{
    /// <summary>Who talks to the model.</summary>
    User,

    /// <summary>Data that the model is given to work on, such as a tool's result or a file.</summary>
    Document,
}
