namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Forecasts one hourly series of one client.</summary>
/// <remarks>
/// <para>Expected of an hour: the median of the same hour of the last weeks. A client of less than two weeks is measured by the same hours
/// of the last days as well, one of less than a day by
/// all of its hours. That, times how the last six hours compared with what was expected of them (their median, 1 to 8), so that
/// growth, and a change for good, are soon nothing special; a holiday is no reason to expect less.</para>
/// <para>Threshold: what is expected, times a factor, and what is expected of the hour or one of its neighbours if that is more, times the factor's root: a
/// batch need not start on the minute and clocks change, but to come early is unusual in itself, so less must be added to it. The factor is 6 or, if that is
/// more, a power of the largest by which the same forecast was too low in the last two weeks: 1.35 (1.6 in the first week) once one in 150 is set aside, since
/// those may be an earlier attack, and 1.2 once one in 300 is. So a client that comes in bursts must do more to be noticed than one that comes like clockwork.
/// In its first three days a client must do twice as much as ever to be noticed; after a week, that is unusual in any case. Medians and
/// order statistics throughout, because means and deviations are moved by what is looked for (Rousseeuw and Croux, Alternatives to the
/// Median Absolute Deviation, 1993).</para>
/// </remarks>
internal sealed class SeriesModel
{
    private const int Day = 24;
    private const int Week = 7 * Day;
    private const int Weeks = 5;
    private const int Days = 5;
    private const int Tested = 2 * Week;
    private const int Trend = 6;
    private const double LargestTrend = 8;
    private const double Caution = 1.35;
    private const double YoungCaution = 1.6;
    private const double Repeated = 1.2;
    private const int OneIn = 300;
    private const double BeyondLargest = 2;
    private const double NearShare = 0.5;
    private const int Young = 3 * Day;

    /// <summary>A client known for less than this many hours is not judged by its own past.</summary>
    public const int Unknown = 24;

    private static readonly double LeastFactor = Math.Log(6);

    private readonly float[] _values;
    private readonly int _first;
    private readonly double _offset;
    private readonly Usual[] _expected;
    private readonly int _expectedFrom;
    private readonly double _logFactor;
    private readonly double _trend;
    private readonly double _ceiling;
    private readonly double _floor;

    /// <param name="values">The series.</param>
    /// <param name="first">The first hour at which the client was there.</param>
    /// <param name="offset">Added to seen and expected when they are compared, so that a few are not infinitely more than none.</param>
    public SeriesModel(ReadOnlySpan<float> values, int first, double offset)
    {
        _values = values.ToArray();
        _first = first;
        _offset = offset;
        var testedFrom = Math.Max(first + Unknown, _values.Length - Tested);
        _expectedFrom = Math.Max(first + 1, testedFrom - Trend - 1);
        _expected = new Usual[Math.Max(0, _values.Length - _expectedFrom)];
        for (var i = 0; i < _expected.Length; i++)
        {
            _expected[i] = UsualOf(_expectedFrom + i);
        }

        Span<float> factors = new float[Math.Max(0, _values.Length - testedFrom)];
        for (var i = 0; i < factors.Length; i++)
        {
            // The past ends an hour or two before the time that is judged, here as in a scan.
            var hour = testedFrom + i;
            var (usual, trend) = (ExpectedOf(hour), TrendBefore(hour - 1));
            factors[i] = (float)Math.Min(Excess(_values[hour], usual.SameHour * trend), Excess(_values[hour], usual.Near * trend) / NearShare);
        }

        var known = _values.Length - first;
        var caution = known < Week ? YoungCaution : Caution;
        _logFactor = Math.Max(
            known < 2 * Day ? 1.5 * LeastFactor : LeastFactor,
            Math.Max(caution * OrderStatistics.Largest(factors), Repeated * OrderStatistics.Largest(factors, OneIn)));
        _trend = TrendBefore(_values.Length);
        var beyond = known > 0 ? BeyondLargest * _values.Skip(first).Max() : 0;
        _ceiling = known >= Week ? beyond : double.PositiveInfinity;
        _floor = known < Young ? beyond : 0;
    }

    /// <summary>Forecasts an hour at the end of the series or after it.</summary>
    /// <param name="hour">Its index.</param>
    /// <param name="least">No threshold is lower.</param>
    public Forecast At(int hour, double least)
    {
        var usual = UsualOf(hour);
        var unusual = Math.Max(Beyond(usual.SameHour * _trend, _logFactor), Beyond(usual.Near * _trend, NearShare * _logFactor));
        return new Forecast(usual.SameHour * _trend, Math.Max(least, Math.Clamp(unusual, _floor, Math.Max(_floor, _ceiling * _trend))));
    }

    private double Excess(double seen, double expected) => Math.Log((seen + _offset) / (expected + _offset));

    private double Beyond(double expected, double logFactor) => ((expected + _offset) * Math.Exp(logFactor)) - _offset;

    private Usual ExpectedOf(int hour) => hour >= _expectedFrom ? _expected[hour - _expectedFrom] : UsualOf(hour);

    private double TrendBefore(int hour)
    {
        Span<float> ratios = stackalloc float[Trend];
        var count = 0;
        for (var past = hour - Trend; past < hour; past++)
        {
            if (past >= _expectedFrom && past < _values.Length)
            {
                ratios[count++] = (float)((_values[past] + _offset) / (_expected[past - _expectedFrom].Near + _offset));
            }
        }

        return count < Trend / 2 ? 1 : Math.Clamp(OrderStatistics.Median(ratios[..count]), 1, LargestTrend);
    }

    private Usual UsualOf(int hour)
    {
        var weeks = (hour - _first) / Week;
        var weekly = weeks > 0 ? Neighbours(hour, Week, Weeks) : default;
        if (weeks >= 2)
        {
            return weekly;
        }

        var days = (hour - _first) / Day;
        if (days == 0)
        {
            var trailing = Trailing(hour);
            return new Usual(trailing, trailing);
        }

        var daily = Neighbours(hour, Day, Days);
        return new Usual(Math.Max(weekly.SameHour, daily.SameHour), Math.Max(weekly.Near, daily.Near));
    }

    private Usual Neighbours(int hour, int period, int periods)
    {
        Span<float> sample = stackalloc float[Math.Max(Weeks, Days)];
        var (same, most) = (0.0, 0.0);
        for (var shift = -1; shift <= 1; shift++)
        {
            var count = 0;
            for (var back = 1; back <= periods; back++)
            {
                var past = hour + shift - (back * period);
                if (past >= _first && past < _values.Length)
                {
                    sample[count++] = _values[past];
                }
            }

            // Of two, the larger: one of them may be a holiday.
            var usual = count == 2 ? Math.Max(sample[0], sample[1]) : OrderStatistics.Median(sample[..count]);
            most = Math.Max(most, usual);
            same = shift == 0 ? usual : same;
        }

        return new Usual(same, most);
    }

    private double Trailing(int hour)
    {
        var most = 0.0;
        for (var past = Math.Max(_first, hour - Day); past < Math.Min(hour, _values.Length); past++)
        {
            most = Math.Max(most, _values[past]);
        }

        return most;
    }

    /// <summary>What there usually is.</summary>
    /// <param name="SameHour">At the same hour.</param>
    /// <param name="Near">At that of the hour and its two neighbours at which there is most.</param>
    private readonly record struct Usual(double SameHour, double Near);
}
