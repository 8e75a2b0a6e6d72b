using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>The hours of the week at which a client works, if it has a rhythm at all.</summary>
internal sealed class RhythmBaseline
{
    private const int Week = 7 * 24;
    private const int Weeks = 5;
    private const int Margin = 2;
    private const double MostSurprises = 2;
    private const double LeastQuiet = 0.2;
    private const double ActiveShare = 0.12;
    private const double LeastActive = 3;

    private readonly float[] _peaks;
    private readonly int _first;
    private readonly double _active;

    public RhythmBaseline(ClientHistory history)
    {
        _peaks = history[ActivitySeries.PeakRequests].ToArray();
        _first = history.FirstActive;
        var from = Math.Max(_first, history.Length - (2 * Week));
        Span<float> busy = new float[Math.Max(0, history.Length - from)];
        var count = 0;
        for (var hour = from; hour < history.Length; hour++)
        {
            if (_peaks[hour] > 0)
            {
                busy[count++] = _peaks[hour];
            }
        }

        UsualPeak = Order.Median(busy[..count]);
        _active = Math.Max(LeastActive, ActiveShare * UsualPeak);
        Threshold = Math.Max(12, 0.3 * UsualPeak);

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
            var isSurprise = _peaks[hour] >= Threshold / 2;
            surprises += isSurprise && !wasSurprise ? 1 : 0; // several hours on end are one
            wasSurprise = isSurprise;
        }

        HasRhythm = history.KnownHours >= Week + 24 && count >= 24 && quiet >= LeastQuiet * judged && surprises <= MostSurprises;
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
                if (past < _first || past >= _peaks.Length)
                {
                    continue;
                }

                seen++;
                if (_peaks[past] >= _active)
                {
                    return false;
                }
            }
        }

        return seen > Margin * 2;
    }
}
