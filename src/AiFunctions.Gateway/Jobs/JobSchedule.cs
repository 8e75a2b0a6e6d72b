using NCrontab;

namespace AiFunctions.Gateway.Jobs;

/// <summary>NCRONTAB with seconds (six fields), in UTC: read by the library that the Functions host reads timers' schedules with.</summary>
internal sealed class JobSchedule
{
    /// <summary>How the end of a sentence about a bad schedule goes.</summary>
    public const string Rule = "must be an NCRONTAB schedule with six fields (second minute hour day month weekday), such as '0 0 3 * * *'.";

    private static readonly CrontabSchedule.ParseOptions WithSeconds = new() { IncludingSeconds = true };

    private readonly CrontabSchedule _schedule;

    private JobSchedule(CrontabSchedule schedule) => _schedule = schedule;

    /// <summary>Whether a text is a schedule that comes round at all, which 30 February does not.</summary>
    public static bool IsValid(string? text) => Parse(text) is { } schedule && schedule.NextAfter(DateTimeOffset.UnixEpoch) is not null;

    /// <summary>Reads a schedule; null when it is none.</summary>
    public static JobSchedule? Parse(string? text) =>
        text is not null && CrontabSchedule.TryParse(text, WithSeconds) is { } schedule ? new JobSchedule(schedule) : null;

    /// <summary>The first time after a given one; null when there is none within 30 years.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time)
    {
        var end = time.UtcDateTime.AddYears(30);
        var next = _schedule.GetNextOccurrence(time.UtcDateTime, end);
        return next < end ? new DateTimeOffset(DateTime.SpecifyKind(next, DateTimeKind.Utc)) : null;
    }
}
