namespace AiFunctions.Gateway.Prompts;

/// <summary>Who has written a text of a request.</summary>
internal enum TextOrigin
{
    /// <summary>The user.</summary>
    User,

    /// <summary>The model, or whoever pretends to be.</summary>
    Assistant,

    /// <summary>The application: system and developer messages, definitions of tools.</summary>
    Developer,

    /// <summary>A tool or a document.</summary>
    Document,
}
