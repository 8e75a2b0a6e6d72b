using System.Globalization;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Records;

namespace AiFunctions.Gateway.Usage;

/// <summary>What a client has used in some time. Not safe for use by several threads.</summary>
internal sealed class UsageCounts
{
    private readonly SortedDictionary<string, long> _rejections = new(StringComparer.Ordinal);

    /// <summary>Requests, whatever came of them.</summary>
    public long Requests { get; private set; }

    /// <summary>Tokens of prompts that counted against the limits.</summary>
    public long InputTokens { get; private set; }

    /// <summary>Tokens of answers that counted against the limits.</summary>
    public long OutputTokens { get; private set; }

    /// <summary>Requests that failed for no fault of the client's: status 500 and above, and broken streams.</summary>
    public long Errors { get; private set; }

    /// <summary>Requests that were refused with a status of 400 to 499, by error code.</summary>
    public IReadOnlyDictionary<string, long> Rejections => _rejections;

    /// <summary>Counts a request.</summary>
    public void Add(RequestRecord record)
    {
        Requests++;
        InputTokens += record.InputTokens ?? 0;
        OutputTokens += record.OutputTokens ?? 0;
        if (record.Status >= 500 || record.EndedBy is RequestEnd.StreamError or RequestEnd.Aborted or RequestEnd.Failed)
        {
            Errors++;
        }
        else if (record is { ErrorCode: { } code, Status: >= 400 })
        {
            Reject(code, 1);
        }
    }

    /// <summary>Adds what an entity says.</summary>
    public void Add(UsageEntity entity)
    {
        Requests += entity.Requests;
        InputTokens += entity.InputTokens;
        OutputTokens += entity.OutputTokens;
        Errors += entity.Errors;
        foreach (var part in entity.Rejections.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && long.TryParse(part.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                Reject(part[..equals], count);
            }
        }
    }

    /// <summary>Writes the counts to an entity.</summary>
    public void CopyTo(UsageEntity entity)
    {
        entity.Requests = Requests;
        entity.InputTokens = InputTokens;
        entity.OutputTokens = OutputTokens;
        entity.Errors = Errors;
        entity.Rejections = string.Join(',', _rejections.Select(code => string.Create(CultureInfo.InvariantCulture, $"{code.Key}={code.Value}")));
    }

    private void Reject(string code, long count) => _rejections[code] = _rejections.GetValueOrDefault(code) + count;
}
