using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Queues what a request has shown, with all that may be kept of the request.</summary>
internal sealed class ReviewRecorder(ReviewQueue queue, ConfiguredModels models, TimeProvider time)
{
    /// <summary>Queues a sighting of a text of the request's client.</summary>
    /// <param name="context">The request, authenticated.</param>
    /// <param name="model">The model that it names.</param>
    /// <param name="text">Which text it is.</param>
    /// <param name="finding">What was found about it.</param>
    public void Add(HttpContext context, string model, ReviewSubject text, ReviewFinding finding)
    {
        var identity = ClientIdentity.Of(context);
        var now = time.GetUtcNow();
        queue.TryAdd(new ReviewSighting
        {
            Subject = text,
            FirstSeenAt = now,
            LastSeenAt = now,
            Count = 1,
            KeyId = identity.Key?.KeyId ?? "",
            RequestId = context.TraceIdentifier,
            Operation = context.GetOperation()?.Name ?? "",

            // Any text can stand where a model's name is expected, so only names that an operator has written are kept.
            Model = models.Contains(model, identity.Client) ? model : null,
            Score = finding.Score,
            Reasons = finding.Reasons,
            Verdict = finding.Verdict,
            Characters = finding.Characters,
        });
    }
}
