namespace AiFunctions.Gateway.Upstreams;

/// <summary>The field by which a model server lets the length of an answer be limited.</summary>
internal enum OutputLimitField
{
    /// <summary><c>max_tokens</c>, which every server with OpenAI's API has had from the start.</summary>
    MaxTokens,

    /// <summary><c>max_completion_tokens</c>, which OpenAI's newer models demand in its place.</summary>
    MaxCompletionTokens,
}
