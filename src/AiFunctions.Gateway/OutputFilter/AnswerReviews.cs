using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.OutputFilter.Wire;
using AiFunctions.Gateway.Reviews;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.OutputFilter;

/// <summary>Queues for review the answers in which something was flagged or blocked that a person should look into.</summary>
internal sealed class AnswerReviews(FilterPolicy policy, TextFingerprints fingerprints, ReviewRecorder reviews)
{
    /// <summary>Begins an answer's fingerprint; null when no answer can be queued.</summary>
    public AnswerFingerprint? Begin() => policy.MakesReviews ? new AnswerFingerprint(fingerprints) : null;

    /// <summary>Queues an answer if it is to be reviewed. It is over, or was broken off.</summary>
    /// <param name="context">Its request.</param>
    /// <param name="model">The model that the request names.</param>
    /// <param name="counts">What was found.</param>
    /// <param name="fingerprint">What the model said.</param>
    public void Add(HttpContext context, string model, FilterCounts counts, AnswerFingerprint fingerprint)
    {
        if (FindingOf(policy, counts, fingerprint.Characters) is { } finding)
        {
            var subject = new ReviewSubject(ClientIdentity.Of(context).Client.Id, ReviewSource.Answer, fingerprint.Complete());
            reviews.Add(context, model, subject, finding);
        }
    }

    /// <summary>What is to be reviewed of what was found; null when nothing is.</summary>
    internal static ReviewFinding? FindingOf(FilterPolicy policy, FilterCounts counts, int characters)
    {
        List<string>? reasons = null;
        var verdict = ReviewVerdict.Flagged;
        for (var i = 0; i < OutputCategories.Count; i++)
        {
            var category = (OutputCategory)i;
            if (counts[category] == 0 || !policy.IsReviewed(category))
            {
                continue;
            }

            (reasons ??= []).Add(category.Name());
            if (policy[category] == FilterAction.Block)
            {
                verdict = ReviewVerdict.Blocked;
            }
        }

        return reasons is null ? null : new ReviewFinding(1, reasons, verdict, characters);
    }
}
