namespace AiFunctions.Gateway.Tokens;

/// <summary>What is known of the way in which a model's server counts tokens.</summary>
internal enum TokenizerFamily
{
    /// <summary>Nothing: only the number of bytes bounds the number of tokens.</summary>
    Unknown,

    /// <summary>OpenAI's <c>o200k_base</c>; also the simulator's words, which are counted beside it.</summary>
    O200k,
}
