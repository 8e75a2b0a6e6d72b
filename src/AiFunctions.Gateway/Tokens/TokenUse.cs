using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.RateLimits;

namespace AiFunctions.Gateway.Tokens;

/// <summary>
/// Follows what one request uses of its reservation, and settles it, once, when it is disposed of. What the upstream reports counts; where
/// it reports nothing, an estimate that is not too low and not above the reservation.
/// </summary>
/// <param name="budget">Where the reservation was made.</param>
/// <param name="prompt">The most tokens that the prompt can be.</param>
/// <param name="reserved">The reservation.</param>
/// <param name="callerGone">Cancelled when the caller has left.</param>
internal sealed class TokenUse(ITokenBudget budget, long prompt, long reserved, CancellationToken callerGone) : IDisposable
{
    private long? _reported;
    private long _reportedPrompt;
    private bool _isFinal;
    private bool _begun;
    private bool _answered;
    private bool _givenUp;
    private long _received;
    private bool _settled;

    /// <summary>Is told what was settled; null when nobody wants to know.</summary>
    public RequestObservation? Observation { get; init; }

    /// <summary>Whether part of an answer has come.</summary>
    public bool HasAnswered => _answered;

    /// <summary>Whether the upstream has said what the whole answer took, so that nothing more needs counting.</summary>
    public bool IsFinal => _isFinal;

    /// <summary>The request goes out: from now on the upstream may be at work.</summary>
    public void Begin() => _begun = true;

    /// <summary>No upstream has done any work: each refused, or could not be reached.</summary>
    public void Refuse() => _begun = false;

    /// <summary>The upstream was not waited for any longer: it may still be at work.</summary>
    public void GiveUp() => _givenUp = true;

    /// <summary>Part of the answer has come.</summary>
    /// <param name="tokens">The most tokens that it can be.</param>
    public void Receive(long tokens)
    {
        _answered = true;
        _received += tokens;
    }

    /// <summary>The upstream has reported usage.</summary>
    /// <param name="tokens">Tokens of the prompt and of the answer.</param>
    /// <param name="isFinal">Whether the answer is whole; else this is what was used so far.</param>
    /// <param name="promptTokens">Those of the prompt among them; 0 when it does not say.</param>
    public void Report(long tokens, bool isFinal, long promptTokens = 0)
    {
        _reported = tokens;
        _reportedPrompt = promptTokens;
        _isFinal |= isFinal;
    }

    /// <summary>The answer is whole: what was reported last is all.</summary>
    public void Finish() => _isFinal = _reported is not null;

    /// <summary>Settles.</summary>
    public void Dispose()
    {
        if (!_settled)
        {
            _settled = true;
            var used = Used();
            budget.Settle(used);
            if (_begun)
            {
                var input = Math.Min(_reportedPrompt > 0 ? _reportedPrompt : prompt, used);
                Observation?.Tokens = (input, used - input);
            }
        }
    }

    private long Used()
    {
        if (_reported is { } reported && _isFinal)
        {
            return reported;
        }

        if (!_begun)
        {
            return 0;
        }

        // A caller that leaves before anything has come, or a wait that is given up, leaves a model at work, unseen, for as long as the cap
        // lets it: were that free, whoever hangs up in time would spend without limit.
        var isUnseen = !_answered && (_givenUp || callerGone.IsCancellationRequested);
        var estimate = isUnseen ? reserved : Math.Min(prompt + _received, reserved);
        return Math.Max(_reported ?? 0, estimate);
    }
}
