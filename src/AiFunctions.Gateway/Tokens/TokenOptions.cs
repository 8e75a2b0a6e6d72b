namespace AiFunctions.Gateway.Tokens;

/// <summary>How prompts are weighed before a model server has counted them. Section <c>Tokens</c>.</summary>
public sealed class TokenOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tokens";

    /// <summary>
    /// For a model whose tokenizer is not known: how many UTF-8 bytes make a token at the least, 1 to 16. No tokenizer makes more
    /// than one token of a byte, so 1 never reserves too little; 3 fits most models and languages and lets more calls run side by side.
    /// </summary>
    public int BytesPerToken { get; set; } = 1;

    /// <summary>What an image in a prompt is taken for, in tokens, 0 to 1 000 000. (<c>gpt-4o-mini</c> counts images higher; that is known.)</summary>
    public int ImageTokens { get; set; } = 4096;
}
