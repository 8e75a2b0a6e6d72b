using AiFunctions.Gateway.Storage;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Reviews;

/// <summary>The reviews' table.</summary>
/// <remarks>
/// A review has two rows. Its own has everything that changes, so that one conditional write is all that a decision takes; the pointer
/// finds it by its text. The pointer is written first: if the process ends in between, the next sighting of the text writes the rest.
/// </remarks>
internal sealed class ReviewStore(TableStorage storage, IOptions<ReviewOptions> options, TimeProvider time)
{
    private readonly GatewayTable _table = storage.GetTable("Reviews");
    private readonly TimeSpan _retention = TimeSpan.FromDays(options.Value.RetentionDays);

    /// <summary>What was decided about a text: one read when there is no review of it, two when there is.</summary>
    public async Task<ReviewStatus> FindStatusAsync(ReviewSubject subject, CancellationToken cancellationToken) =>
        await _table.FindAsync<ReviewPointerEntity>(subject.ClientId, subject.TextId, cancellationToken) is { } pointer
            && await FindAsync(pointer.ReviewId, cancellationToken) is { } review
            ? review.Status
            : ReviewStatus.Pending;

    public async Task<Review?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await _table.FindAsync<ReviewEntity>(ReviewEntity.Partition, id, cancellationToken))?.ToReview();

    /// <summary>
    /// Adds a review for a text, or a sighting to the one that there is. A decision stays what it is; an answer that was allowed
    /// is not counted any more.
    /// </summary>
    public async Task AddAsync(ReviewSighting sighting, CancellationToken cancellationToken)
    {
        var id = await FindOrAddPointerAsync(sighting, cancellationToken);
        await _table.ChangeAsync<ReviewEntity>(
            ReviewEntity.Partition,
            id,
            stored => stored?.ToReview() switch
            {
                null => ReviewEntity.From(new Review { Id = id, Sighting = sighting, Status = ReviewStatus.Pending }),
                { Status: ReviewStatus.Allowed } when sighting.Subject.Source == ReviewSource.Answer => null,
                var known => ReviewEntity.From(known with { Sighting = sighting.After(known.Sighting) }),
            },
            same => IsSame(same, sighting),
            cancellationToken);
    }

    /// <summary>Decides a review, whatever was decided before.</summary>
    /// <returns>The review as it is now; null when there is none of that id.</returns>
    public async Task<Review?> DecideAsync(string id, ReviewStatus decision, string? note, CancellationToken cancellationToken) =>
        (await _table.ChangeAsync<ReviewEntity>(
            ReviewEntity.Partition,
            id,
            stored => stored is null
                ? null
                : ReviewEntity.From(stored.ToReview() with { Status = decision, DecidedAt = time.GetUtcNow(), Note = note }),
            isSame: null,
            cancellationToken))?.ToReview();

    /// <summary>Reads reviews, the newest first, from the first one after <paramref name="after"/>.</summary>
    public async Task<List<Review>> ListAsync(ReviewStatus? status, string? after, int count, CancellationToken cancellationToken)
    {
        var name = status?.ToString();
        var filter = name is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {ReviewEntity.Partition} and RowKey gt {after ?? ""}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {ReviewEntity.Partition} and RowKey gt {after ?? ""} and Status eq {name}");
        return (await _table.QueryAsync<ReviewEntity>(filter, count, cancellationToken)).ConvertAll(entity => entity.ToReview());
    }

    /// <summary>Deletes the reviews that nobody has decided and whose text has not been seen for long.</summary>
    public Task DeleteForgottenAsync(CancellationToken cancellationToken)
    {
        var limit = time.GetUtcNow() - _retention;
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {ReviewEntity.Partition} and RowKey gt {ReviewId.Bound(limit)} and Status eq {nameof(ReviewStatus.Pending)} and LastSeenAt lt {limit}");
        return _table.DeleteAllAsync<ReviewEntity>(
            filter,
            entity =>
            {
                // A pointer that is left alone is good for the text's next review.
                var subject = entity.ToReview().Sighting.Subject;
                return _table.DeleteAsync(subject.ClientId, subject.TextId, cancellationToken);
            },
            cancellationToken);
    }

    private async Task<string> FindOrAddPointerAsync(ReviewSighting sighting, CancellationToken cancellationToken)
    {
        var subject = sighting.Subject;
        var pointer = await _table.ChangeAsync<ReviewPointerEntity>(
            subject.ClientId,
            subject.TextId,
            stored => stored is not null
                ? null
                : new ReviewPointerEntity { PartitionKey = subject.ClientId, RowKey = subject.TextId, ReviewId = ReviewId.New(sighting.FirstSeenAt) },
            isSame: null,
            cancellationToken);
        return pointer!.ReviewId;
    }

    private static bool IsSame(ReviewEntity stored, ReviewSighting sighting) =>
        stored.Count == sighting.Count && stored.RequestId == sighting.RequestId && stored.LastSeenAt == sighting.LastSeenAt;

    /// <summary>Says which review is about a text: partition key = client id, row key = the text's id. Written once, before the review itself.</summary>
    private sealed class ReviewPointerEntity : StoredEntity
    {
        public string ReviewId { get; set; } = "";
    }
}
