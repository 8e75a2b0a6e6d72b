namespace AiFunctions.Gateway.Prompts;

/// <summary>What a string in a request holds in place of text.</summary>
internal enum PromptMedia
{
    /// <summary>Nothing: it is text.</summary>
    None,

    /// <summary>An image, or the address of one.</summary>
    Image,

    /// <summary>Sound in base64.</summary>
    Audio,
}
