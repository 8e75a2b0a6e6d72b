using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>The hours of the week at which a client works, if it has a rhythm at all.</summary>
internal sealed class RhythmBaseline
{
    /// <summary>Fewer requests in a slice are no work.</summary>
    public const double LeastThreshold = 12;

    private const int Day = 24;
    private const int Week = 7 * Day;
    private const int Weeks = 5;
    private const int Margin = 2;
    private const double MostSurprises = 2;
    private const double LeastQuiet = 0.1;
    private const double ActiveShare = 0.12;
    private const double LeastActive = 8;
    private const int OtherDays = 2;

    private readonly float[] _requests;
    private readonly DateTimeOffset _start;
    private readonly int _first;
    private readonly double _active;
    private readonly double _zone;

    public RhythmBaseline(ClientHistory history)
    {
        _requests = history[ActivitySeries.Requests].ToArray();
        _start = history.Start;
        _first = history.FirstActive;
        var peaks = history[ActivitySeries.PeakRequests];
        var from = Math.Max(_first, history.Length - (2 * Week));
        Span<float> busy = new float[Math.Max(0, history.Length - from)];
        Span<float> busyPeaks = new float[busy.Length];
        var count = 0;
        for (var hour = from; hour < history.Length; hour++)
        {
            if (_requests[hour] > 0)
            {
                (busy[count], busyPeaks[count]) = (_requests[hour], peaks[hour]);
                count++;
            }
        }

        UsualPeak = OrderStatistics.Median(busyPeaks[..count]);
        _active = Math.Max(LeastActive, ActiveShare * OrderStatistics.Median(busy[..count]));
        Threshold = Math.Max(LeastThreshold, 0.3 * UsualPeak);

        _zone = Zone();

        var (quiet, judged, surprises, wasSurprise) = (0, 0, 0, false);
        for (var hour = Math.Max(_first + Week, from); hour < history.Length; hour++)
        {
            judged++;
            if (!IsQuietAt(hour))
            {
                wasSurprise = false;
                continue;
            }

            quiet++;
            var isSurprise = peaks[hour] >= Threshold / 2;
            surprises += isSurprise && !wasSurprise ? 1 : 0; // several hours on end are one
            wasSurprise = isSurprise;
        }

        HasRhythm = history.KnownHours >= Week + Day && count >= Day && quiet >= LeastQuiet * judged && surprises <= MostSurprises;
    }

    /// <summary>Whether there are hours at which the client never works, so that work then says something.</summary>
    public bool HasRhythm { get; }

    /// <summary>Requests of the busiest slice of a usual working hour.</summary>
    public double UsualPeak { get; }

    /// <summary>How many requests in a slice of a quiet hour are unusual.</summary>
    public double Threshold { get; }

    /// <summary>Whether the client has never worked at this hour of the week, nor within two hours of it. Somebody who stayed late is no work.</summary>
    public bool IsQuietAt(int hour)
    {
        var seen = 0;
        for (var back = 1; back <= Weeks; back++)
        {
            for (var shift = -Margin; shift <= Margin; shift++)
            {
                var past = hour + shift - (back * Week);
                if (!IsKnown(past))
                {
                    continue;
                }

                seen++;
                if (_requests[past] >= _active)
                {
                    return false;
                }
            }
        }

        return seen > Margin * 2 && (IsKnown(hour - (2 * Week)) || !MayBeHoliday(hour));
    }

    // A week that was seen once may have had a holiday: an hour from Monday to Friday is quiet if it is on other such days, too.
    private bool MayBeHoliday(int hour)
    {
        if (IsWeekend(hour))
        {
            return false;
        }

        var others = 0;
        for (var past = hour - (6 * Day); past < hour; past += Day)
        {
            others += !IsWeekend(past) && IsKnown(past) && _requests[past] < _active ? 1 : 0;
        }

        return others < OtherDays;
    }

    // The hours by which the client's clock is ahead of UTC if the middle of its work, as a mean on the circle of the day, is at noon.
    private double Zone()
    {
        var (x, y) = (0.0, 0.0);
        for (var hour = _first; hour < _requests.Length; hour++)
        {
            var (sin, cos) = Math.SinCos(_start.AddHours(hour).Hour * Math.Tau / Day);
            (x, y) = (x + (_requests[hour] * cos), y + (_requests[hour] * sin));
        }

        var middle = Math.Atan2(y, x) * Day / Math.Tau;
        return (Day / 2) - (middle < 0 ? middle + Day : middle);
    }

    private bool IsKnown(int hour) => hour >= _first && hour < _requests.Length;

    private bool IsWeekend(int hour) => _start.AddHours(hour + _zone).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
