using System.Globalization;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Blocks;

/// <summary>How long the next block of a subject lasts.</summary>
internal sealed class BlockSchedule(IOptions<AbuseBlockingOptions> options)
{
    private readonly AbuseBlockingOptions _options = options.Value;
    private readonly string _reason = string.Create(
        CultureInfo.InvariantCulture, $"{options.Value.Violations} violations within {options.Value.WindowSeconds} s");

    /// <summary>How long after its end a block still makes the next one longer.</summary>
    public TimeSpan Memory { get; } = TimeSpan.FromSeconds(options.Value.LongestBlockSeconds);

    /// <summary>Whether a block, ended or not, still makes the next one longer.</summary>
    public bool IsRemembered(Block block, DateTimeOffset now) => now < block.ExpiresAt + Memory;

    /// <summary>The block that follows on the last one.</summary>
    /// <param name="subject">Whom to block.</param>
    /// <param name="last">The subject's last block, if it is known.</param>
    /// <param name="now">When it begins.</param>
    public Block Next(BlockSubject subject, Block? last, DateTimeOffset now)
    {
        var count = last is not null && IsRemembered(last, now) ? last.Count + 1 : 1;
        var seconds = Math.Min(_options.FirstBlockSeconds * Math.Pow(2, count - 1), _options.LongestBlockSeconds);
        return new Block
        {
            Subject = subject,
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromSeconds(seconds),
            Reason = _reason,
            Count = count,
            IsStored = false,
        };
    }
}
