using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Tells whose prompts requests bring, and refuses those of blocked end users. A feature of every client's request.</summary>
/// <remarks>Of a name nothing is kept but a keyed hash, which no other client's name of the same spelling has.</remarks>
internal sealed class PromptSenders(BlockList blocks, PromptTally tally, KeyedHash hash, TimeProvider time)
{
    /// <summary>How much of a name counts, in UTF-16 code units.</summary>
    public const int LongestName = 1_024;

    /// <summary>Notes whose prompt a request brings.</summary>
    /// <param name="context">The request, whose client is known.</param>
    /// <param name="endUser">The end user whom it names; null or empty when it names none.</param>
    /// <returns>What to answer in place of serving it; null when the end user is not blocked.</returns>
    public GatewayError? Check(HttpContext context, string? endUser)
    {
        var identity = ClientIdentity.Of(context);
        tally.Sent(identity.Client.Id);

        // Whom the authority names goes before what the request says: nobody can have another one blocked.
        var subject = identity.UserId is { } user ? BlockSubject.OfClient(user)
            : string.IsNullOrEmpty(endUser) ? BlockSubject.OfClient(identity.Client.Id)
            : SubjectOf(identity.Client.Id, endUser);
        context.Features.Set(new PromptSender(subject, isNamed: identity.UserId is not null || subject.Kind == BlockSubjectKind.EndUser));
        return subject.Kind == BlockSubjectKind.EndUser ? blocks.Find(subject)?.ToError(time.GetUtcNow()) : null;
    }

    /// <summary>An end user of a client, to be blocked.</summary>
    public BlockSubject SubjectOf(string clientId, string endUser) =>
        BlockSubject.OfEndUser(clientId, hash.OfEndUser(clientId, endUser.AsSpan(0, Math.Min(endUser.Length, LongestName))));
}
