namespace AiFunctions.Gateway.Upstreams;

/// <summary>The field by which a model server lets the length of an answer be limited.</summary>
public enum OutputLimitField
{
    /// <summary>What its address and its answers tell.</summary>
    Auto,

    /// <summary><c>max_tokens</c>, which every server with OpenAI's API has had from the start.</summary>
    MaxTokens,

    /// <summary><c>max_completion_tokens</c>, which OpenAI's newer models demand in its place.</summary>
    MaxCompletionTokens,

    /// <summary>None that may be added: only what a client sets itself is lowered. One answer can then be longer than its tier allows.</summary>
    None,
}
