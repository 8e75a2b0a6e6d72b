using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.AnomalyEvaluation.Traffic;

/// <summary>One client's traffic, slice by slice.</summary>
/// <remarks>
/// The rate of a slice is the product of the hour of the client's own week, growth, changes for good, holidays, a slowly wandering part (the day's luck),
/// bursts with a heavy tail, and a gamma factor; the number of requests is Poisson of that, so counts are over-dispersed. Sizes are
/// log-normal with a mean that wanders and may change for good; so are tokens.
/// </remarks>
internal sealed class SimulatedClient
{
    private const int SlicesPerHour = 12;
    private const int SlicesPerDay = 24 * SlicesPerHour;
    private static readonly string[] AllOperations = ["ChatCompletions", "Embeddings", "Responses", "ListModels", "Moderations"];

    private readonly Dice _dice;
    private readonly World _world;
    private readonly double[] _week = new double[7 * 24];
    private readonly double _rate;
    private readonly double _growthPerWeek;
    private readonly double _shape;
    private readonly double _wander;
    private readonly double _burstsPerWeek;
    private readonly double _burstTail;
    private readonly int _zone;
    private readonly int _region;
    private readonly int _shiftSlice = int.MaxValue;
    private readonly double _shiftFactor = 1;
    private readonly int _resizeSlice = int.MaxValue;
    private readonly double _resize;
    private readonly int _migrationSlice = int.MaxValue;
    private readonly int _migrationSlices = 1;
    private readonly string _newModel;
    private readonly int _newOperationSlice = int.MaxValue;
    private readonly string _newOperation = AllOperations[3];
    private readonly double _newOperationShare;
    private readonly double _logSize;
    private readonly double _sizeSpread;
    private readonly double _tokens;
    private readonly double _tokenSpread;
    private readonly double _clientErrors;
    private readonly double _serverErrors;
    private readonly double _refusals;
    private readonly bool _tinkers;
    private readonly int _bugSlice = int.MaxValue;
    private readonly int _bugSlices;
    private readonly double _bugShare;
    private readonly double _retries;
    private readonly double _jobsPerSlice;
    private double _luck;
    private double _sizeLuck;
    private double _tokenLuck;
    private double _burst = 1;
    private int _burstEnds;
    private int _sessionEnds;
    private int _tinkerEnds;
    private double _overtime;
    private int _jobJitter;

    public SimulatedClient(int number, ClientKind kind, World world, int seed)
    {
        var dice = _dice = new Dice(seed);
        _world = world;
        Kind = kind;
        Id = $"c{number:000}";
        Start = dice.Chance(0.2) ? dice.Below((int)(world.Slices * 0.9)) : 0;
        End = dice.Chance(0.05) ? Start + (2 * SlicesPerDay) + dice.Below(world.Slices) : int.MaxValue;
        _rate = Math.Min(800, dice.LogNormal(14, 1.3));
        _region = dice.Below(World.Regions);
        _zone = (_region * 8) - 8 + dice.Below(4) - 2;
        _growthPerWeek = dice.Chance(0.1) ? dice.Between(0.2, 0.5) : dice.Between(-0.08, 0.12);
        _shape = dice.LogBetween(2, 30);
        _wander = dice.Between(0.08, 0.35);
        _burstsPerWeek = kind == ClientKind.Bursty ? dice.Between(8, 40) : dice.Chance(0.4) ? dice.Between(0.3, 4) : 0.05;
        _burstTail = dice.Between(1.6, 3);
        if (dice.Chance(0.12))
        {
            (_shiftSlice, _shiftFactor) = (Start + dice.Below(world.Slices), dice.Chance(0.8) ? dice.LogBetween(1.5, 4) : dice.Between(0.2, 0.7));
        }

        if (dice.Chance(0.12))
        {
            (_resizeSlice, _resize) = (Start + dice.Below(world.Slices), dice.Between(-0.9, 1.1));
        }

        Model = world.Models[Math.Min(world.Models.Count - 1, (int)(dice.Pareto(1.2) - 1))];
        _newModel = dice.Pick(world.Models);
        if (dice.Chance(0.15))
        {
            (_migrationSlice, _migrationSlices) = (Start + dice.Below(world.Slices), dice.Chance(0.5) ? 1 : dice.Below(4 * SlicesPerDay) + 1);
        }

        Operation = dice.Chance(0.8) ? AllOperations[0] : dice.Chance(0.6) ? AllOperations[1] : AllOperations[2];
        if (dice.Chance(0.05))
        {
            (_newOperationSlice, _newOperation, _newOperationShare) = (Start + dice.Below(world.Slices), dice.Pick(AllOperations), dice.LogBetween(0.02, 0.5));
        }

        _logSize = dice.Between(6, 10.5);
        _sizeSpread = kind is ClientKind.Steady && dice.Chance(0.5) ? dice.Between(0.01, 0.1) : dice.Between(0.35, 1.2);
        _tokens = dice.LogNormal(900, 0.8);
        _tokenSpread = dice.Between(0.4, 1.2);
        _clientErrors = dice.LogBetween(0.001, 0.04);
        _serverErrors = dice.LogBetween(0.0005, 0.01);
        _refusals = dice.LogBetween(0.0001, 0.006);
        _tinkers = dice.Chance(0.08);
        if (dice.Chance(0.08))
        {
            (_bugSlice, _bugSlices, _bugShare) = (Start + dice.Below(world.Slices), 4 + dice.Below(20), dice.LogBetween(0.03, 0.5));
        }

        _retries = dice.Between(0, 0.8);
        _jobsPerSlice = dice.LogBetween(5, 40);
        FillWeek(dice);
    }

    public string Id { get; }

    public ClientKind Kind { get; }

    /// <summary>The first slice.</summary>
    public int Start { get; }

    /// <summary>The slice at which it leaves for good.</summary>
    public int End { get; }

    public string Model { get; }

    public string Operation { get; }

    /// <summary>The mean of the logarithm of its requests' sizes.</summary>
    public double LogSize => _logSize;

    public double SizeSpread => _sizeSpread;

    public double TokensPerRequest => _tokens;

    /// <summary>Requests in a usual slice of its busiest hour.</summary>
    public double PeakRate => _rate * _week.Max();

    /// <summary>The requests that its own week, growth and changes let expect of a slice, without any luck.</summary>
    public double RateAt(int slice) => slice < Start || slice >= End ? 0 : _rate
        * _week[HourOfWeek(slice)]
        * Math.Pow(1 + _growthPerWeek, (slice - Start) / (7.0 * SlicesPerDay))
        * (slice >= _shiftSlice ? _shiftFactor : 1)
        * _world.HolidayFactor(Kind, _region, slice, _zone);

    /// <summary>Whether it is there but never works at this time of its week, nor two hours before or after.</summary>
    public bool IsAlwaysQuiet(int slice) => Enumerable.Range(-3, 7).All(hours => _week[HourOfWeek(slice + (hours * SlicesPerHour))] < 0.004);

    /// <summary>Makes the next slice. To be called for one after the other.</summary>
    public void Fill(int slice, ActivityCounts counts)
    {
        Live(slice);
        var incident = _world.IncidentAt(slice, Model);
        var rate = RateAt(slice);
        if (Kind == ClientKind.Idle)
        {
            rate = slice < _sessionEnds && slice >= Start && slice < End ? Math.Max(1, _rate / 3) : 0;
        }

        rate = (rate * Math.Exp(_luck) * _burst) + _overtime;
        rate *= 1 + (_retries * incident);
        var requests = _dice.Poisson(rate * _dice.Gamma(_shape));
        if (requests == 0)
        {
            return;
        }

        var tinkering = slice < _tinkerEnds ? _dice.Below(4) : 0;
        var bug = slice >= _bugSlice && slice < _bugSlice + _bugSlices ? _bugShare : 0;
        var size = _logSize + _sizeLuck + (slice >= _resizeSlice ? _resize : 0);
        Add(counts, requests, size, _sizeSpread, Tokens(requests, _tokens * Math.Exp(_tokenLuck), _tokenSpread));
        counts.Refusals += Math.Min(requests, _dice.Binomial(requests, _refusals) + tinkering);
        counts.ClientErrors += _dice.Binomial(requests, Math.Min(0.9, _clientErrors + bug));
        counts.ServerErrors += _dice.Binomial(requests, Math.Max(incident, _serverErrors));

        var migrated = slice < _migrationSlice ? 0 : Math.Min(1, (slice - _migrationSlice + 1) / (double)_migrationSlices);
        var onNewModel = _dice.Binomial(requests, migrated);
        counts.Models.Add(ActivityMix.KeyOf(_newModel), onNewModel);
        counts.Models.Add(ActivityMix.KeyOf(Model), requests - onNewModel);
        var newOperations = slice >= _newOperationSlice ? _dice.Binomial(requests, _newOperationShare) : 0;
        counts.Operations.Add(ActivityMix.KeyOf(_newOperation), newOperations);
        counts.Operations.Add(ActivityMix.KeyOf(Operation), requests - newOperations);
    }

    /// <summary>Adds requests of log-normal size.</summary>
    public void Add(ActivityCounts counts, int requests, double logSize, double spread, long tokens)
    {
        var mean = logSize + (spread * _dice.Normal() / Math.Sqrt(requests));
        var variance = requests < 2 ? 0 : spread * spread * _dice.Gamma((requests - 1) / 2.0);
        counts.Requests += requests;
        counts.LogBytes += requests * mean;
        counts.SquaredLogBytes += requests * ((mean * mean) + variance);
        counts.Tokens += tokens;
    }

    /// <summary>The tokens of so many requests.</summary>
    public long Tokens(int requests, double perRequest, double spread)
    {
        if (requests > 40)
        {
            var mean = perRequest * Math.Exp(spread * spread / 2);
            var deviation = mean * Math.Sqrt(Math.Exp(spread * spread) - 1);
            return (long)Math.Max(requests, (requests * mean) + (Math.Sqrt(requests) * deviation * _dice.Normal()));
        }

        var sum = 0.0;
        for (var i = 0; i < requests; i++)
        {
            sum += _dice.LogNormal(perRequest, spread);
        }

        return (long)sum;
    }

    private int HourOfWeek(int slice)
    {
        var hour = (slice / SlicesPerHour) + _zone + _world.SummerTime(_region, slice) + (7 * 24) + _jobJitter;
        return hour % (7 * 24);
    }

    private void FillWeek(Dice dice)
    {
        var (from, to) = (dice.Between(6.5, 9.5), dice.Between(16, 19.5));
        var night = dice.Chance(0.7) ? 0 : dice.LogBetween(0.005, 0.1);
        var saturday = dice.Chance(0.8) ? night : dice.Between(0.05, 0.5);
        var weekendStarts = dice.Chance(0.9) ? 5 : 4;
        var nightly = dice.Below(24);
        var length = 1 + dice.Below(3);
        var mode = dice.Below(4);
        for (var hour = 0; hour < _week.Length; hour++)
        {
            var (day, ofDay) = (hour / 24, hour % 24);
            _week[hour] = Kind switch
            {
                ClientKind.Office => OfficeHour(ofDay, from, to, night) * (day < weekendStarts || (day == 6 && weekendStarts == 4) ? 1 : saturday),
                ClientKind.Consumer => (0.15 + (0.85 * Math.Exp(-Math.Pow((((ofDay - 20 + 36) % 24) - 12) / 5.0, 2)))) * (day >= 5 ? 1.3 : 1),
                ClientKind.Batch => mode switch
                {
                    0 => (ofDay - nightly + 24) % 24 < length ? _jobsPerSlice : 0.1,
                    1 => day == 5 && (ofDay - nightly + 24) % 24 < 2 * length ? _jobsPerSlice : 0.2,
                    2 => ofDay % (length + 2) == 0 ? _jobsPerSlice / 4 : 0,
                    _ => day < 5 && ofDay == nightly ? _jobsPerSlice : OfficeHour(ofDay, from, to, 0.02),
                },
                _ => 1,
            };
        }
    }

    private static double OfficeHour(double hour, double from, double to, double night)
    {
        var work = 1 / (1 + Math.Exp(-2.5 * (hour + 0.5 - from))) / (1 + Math.Exp(2.0 * (hour + 0.5 - to)));
        var lunch = hour is 12 or 13 ? 0.7 : 1;
        return work < 0.02 ? night : Math.Max(night, work * lunch);
    }

    // What changes from slice to slice: luck wanders back to 0 over hours, bursts and overtime come and go.
    private void Live(int slice)
    {
        if (slice % SlicesPerHour == 0)
        {
            _luck = (0.85 * _luck) + (_wander * 0.53 * _dice.Normal());
            _sizeLuck = (0.9 * _sizeLuck) + (Math.Min(0.06, _sizeSpread / 5) * _dice.Normal());
            _tokenLuck = (0.9 * _tokenLuck) + (0.08 * _dice.Normal());
        }

        if (slice % SlicesPerDay == 0)
        {
            _jobJitter = Kind == ClientKind.Batch && _dice.Chance(0.05) ? 1 : 0; // a job that runs late
        }

        var perSlice = 1.0 / (7 * SlicesPerDay);
        if (slice >= _burstEnds)
        {
            _burst = 1;
            if (_dice.Chance(_burstsPerWeek * perSlice))
            {
                _burst = 1 + Math.Min(20, _dice.Pareto(_burstTail));
                _burstEnds = slice + 1 + _dice.Below(12);
            }
        }

        if (Kind == ClientKind.Idle && slice >= _sessionEnds && _dice.Chance(5 * perSlice))
        {
            _sessionEnds = slice + 3 + _dice.Below(20);
        }

        if (_tinkers && slice >= _tinkerEnds && _dice.Chance(2 * perSlice))
        {
            _tinkerEnds = slice + 1 + _dice.Below(8);
        }

        if (Kind == ClientKind.Office && slice >= Start && slice < End)
        {
            // People who stay late or come in at the weekend: a few, now and then.
            if (_overtime > 0)
            {
                _overtime = _dice.Chance(1.0 / 18) ? 0 : _overtime;
            }
            else if (RateAt(slice) < 0.05 * _rate && _dice.Chance(0.35 * perSlice))
            {
                _overtime = _rate * _dice.Between(0.01, 0.15);
            }
        }
    }
}
