namespace AiFunctions.Gateway.Upstreams;

/// <summary>What this gateway may add to requests for an upstream.</summary>
/// <param name="LimitField">The field by which answers are held to their length; never <see cref="OutputLimitField.Auto"/>.</param>
/// <param name="AsksForUsage">Whether streams are asked for usage.</param>
internal readonly record struct UpstreamDialect(OutputLimitField LimitField, bool AsksForUsage)
{
    /// <summary>What to try next when a server has refused a request in which it may have disliked what was added.</summary>
    /// <param name="refusal">What it said.</param>
    /// <returns>Less than before; null when it was something else that it disliked, or nothing is left.</returns>
    public UpstreamDialect? After(UpstreamRefusal refusal)
    {
        if (refusal.Dislikes("stream_options") && AsksForUsage)
        {
            return this with { AsksForUsage = false };
        }

        if (refusal.Dislikes("max_tokens") || refusal.Dislikes("max_completion_tokens"))
        {
            return LimitField == OutputLimitField.MaxTokens && refusal.Mentions("max_completion_tokens")
                ? this with { LimitField = OutputLimitField.MaxCompletionTokens }
                : WithoutLimit();
        }

        // Many servers do not say what it was.
        return refusal.Param is not null || refusal.Code is not null ? null : WithoutLimit() ?? (AsksForUsage ? this with { AsksForUsage = false } : null);
    }

    private UpstreamDialect? WithoutLimit() => LimitField == OutputLimitField.None ? null : this with { LimitField = OutputLimitField.None };
}
