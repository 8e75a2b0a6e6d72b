namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Forecasts one hourly series of one client.</summary>
/// <remarks>
/// <para>Expected of an hour: the median of the same hour of the last weeks, or of one of its neighbours if that is more, since a
/// batch need not start on the minute. A client of less than two weeks is measured by the same hours of the last days as well, one of less than a day by
/// all of its hours. That, times how the last six hours compared with what was expected of them (their median, 1 to 8), so that
/// growth, and a change for good, are soon nothing special; a holiday is no reason to expect less.</para>
/// <para>Threshold: what is expected, times 4 or, if that is more, a power of the largest factor by which the same forecast was too low in the last two
/// weeks: 1.5 once one factor in 150 is set aside, since those may be an earlier attack, and 1.2 once one in 300 is. So a client that comes in
/// bursts must do more to be noticed than one that comes like clockwork. After a week, 1.8 times the largest figure ever seen is unusual in any case. Medians and
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
    private const double Caution = 1.5;
    private const double Repeated = 1.2;
    private const int OneIn = 300;
    private const double BeyondLargest = 1.8;

    /// <summary>A client known for less than this many hours is not judged by its own past.</summary>
    public const int Unknown = 24;

    private static readonly double LeastFactor = Math.Log(4);

    private readonly float[] _values;
    private readonly int _first;
    private readonly double _offset;
    private readonly float[] _expected;
    private readonly int _expectedFrom;
    private readonly double _logFactor;
    private readonly double _trend;
    private readonly double _ceiling = double.PositiveInfinity;

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
        _expected = new float[Math.Max(0, _values.Length - _expectedFrom)];
        for (var i = 0; i < _expected.Length; i++)
        {
            _expected[i] = (float)Usual(_expectedFrom + i);
        }

        Span<float> factors = new float[Math.Max(0, _values.Length - testedFrom)];
        for (var i = 0; i < factors.Length; i++)
        {
            // The past ends an hour or two before the time that is judged, here as in earnest.
            var hour = testedFrom + i;
            factors[i] = (float)Math.Log((_values[hour] + _offset) / ((ExpectedOf(hour) * TrendBefore(hour - 1)) + _offset));
        }

        var known = _values.Length - first;
        var caution = known < Week ? 1.8 : Caution;
        _logFactor = Math.Max(known < 2 * Day ? 1.5 * LeastFactor : LeastFactor, Math.Max(caution * Order.Largest(factors), Repeated * Order.Largest(factors, OneIn)));
        _trend = TrendBefore(_values.Length);
        if (known >= Week)
        {
            foreach (var value in values[first..])
            {
                _ceiling = Math.Max(double.IsInfinity(_ceiling) ? 0 : _ceiling, BeyondLargest * value);
            }
        }
    }

    /// <summary>Forecasts an hour at the end of the series or after it.</summary>
    /// <param name="hour">Its index.</param>
    /// <param name="least">No threshold is lower.</param>
    public Forecast At(int hour, double least)
    {
        var expected = Usual(hour) * _trend;
        var unusual = ((expected + _offset) * Math.Exp(_logFactor)) - _offset;
        return new Forecast(expected, Math.Max(least, Math.Min(unusual, _ceiling * _trend)));
    }

    private double ExpectedOf(int hour) => hour >= _expectedFrom ? _expected[hour - _expectedFrom] : Usual(hour);

    private double TrendBefore(int hour)
    {
        Span<float> ratios = stackalloc float[Trend];
        var count = 0;
        for (var past = hour - Trend; past < hour; past++)
        {
            if (past >= _expectedFrom && past < _values.Length)
            {
                ratios[count++] = (float)((_values[past] + _offset) / (_expected[past - _expectedFrom] + _offset));
            }
        }

        return count < Trend / 2 ? 1 : Math.Clamp(Order.Median(ratios[..count]), 1, LargestTrend);
    }

    private double Usual(int hour)
    {
        var weeks = (hour - _first) / Week;
        var weekly = weeks > 0 ? Neighbours(hour, Week, Weeks) : 0;
        if (weeks >= 2)
        {
            return weekly;
        }

        var days = (hour - _first) / Day;
        return days > 0 ? Math.Max(weekly, Neighbours(hour, Day, Days)) : Trailing(hour);
    }

    // Of the hour and its neighbours, the one of which there usually is most.
    private double Neighbours(int hour, int period, int periods)
    {
        Span<float> sample = stackalloc float[Math.Max(Weeks, Days)];
        var most = 0.0;
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
            most = Math.Max(most, count == 2 ? Math.Max(sample[0], sample[1]) : Order.Median(sample[..count]));
        }

        return most;
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
}
