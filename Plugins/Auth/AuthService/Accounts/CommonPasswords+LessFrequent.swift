// swift-format-ignore-file

extension CommonPasswords {
    /// The other half.
    static let lessFrequent = """
        superma longbow radiohead nigga spongebo abrakadabra chillin niceguy pistons hookup santafe bigben jets mankind
        viktoriya beardog reddwarf magelan longjohn jennife gilles stasik bumper doofus slamdunk pixies garion steffi
        alessandro beerman niceass honolulu visa johndeer windmill boozer oatmeal aptiva busty delight tasty bergkamp
        badgers guitars puffin irishman zildjian airwolf magnet anai install astra romans mudvayne freebird muscles
        dogbert snowflak mang nygiants playstat vjcrdf webhompas giraffe pelican jefferso comanche bruiser monkeybo
        kjkszpj micro albany epsilon aladin hounddog josephin altima chilly ultra gasman thisisit pavel idunno kimmie
        paulie ballin medion moondog manolo pallmall climber fishbone toffee tbone clippers krypton picturs compass
        sairam getout cobras bigblock severin booster norwich whiteout ctrhtn hewlett shocker fuckinside versace basebal
        bluebell anthon stubby foreve undertak werder saiyan medic chipmunk bowwow kjrjvjnbd celeb choochoo demo
        lovelife colnago lithium zzzxxx welcom anastasi fidelio franc roadster drifter hookem hellboy sinned gypsy zebra
        toejam buceta redfox lineage highbury koroleva washingt vintage redbaron dalshe mykids macbeth julien krasotka
        pipeline tatarin sensei codered komodo frogman juicy redrose mydick pigeon tkbpfdtnf smirnoff spam flyfish
        moskva olesya starligh fishhead freesex azazel scoobydoo cabron yogibear konstantin tranny chilli terminat
        ghbywtccf slowhand fuckhead seagull achtung blam bigbob bdsm nostromo survivor cnfybckfd lemonade rober irinka
        cocksuck itsme zodiac upyours dinara chiara solitude habibi sushi markiz rockies catwoman bearcats username
        wanderer ohshit sigma paradigm flanker sanity jsbach spotty bologna fantasia chevys borabora cocker gtnhjdbx
        sundevil gagging maggi armstron yfnfkb revolver madcat volkswag corndog piggy sissy sunfire angelus undead
        wildbill shinobi cleopatr lasvega hornets amorcit coventry destin sidekick gbhfvblf sneaky nfytxrf sekret kalina
        zanzibar hotone qazws wasabi highlander hitachi paolo tinkerbe kieran boiler bluesman waffle threesom conan
        reflex nautilus everlast fatty cyborg birddog rubble suckers skyhawk joebob woodie longdong lamer troll
        ghjcnjgfhjkm boating nitro armada messiah americ redeye goten spikey sonata tokiohotel sonyericsson citroen
        umpire belmont jonny nudes palmtree fenway bighead razor gryphon taco enterme malachi dogface reptile dindom
        handball marseille torino tigge matthias viewsoni stinker evangelion rampage sandrine thecrow astral sprinter
        seabee shibby fearless junkie aramis antelope draven eggman barselona fyfnjkbq sluggo kille hotties irishka
        shamus fairlane honeybee fantomas gladiato karachi gambler gordo biatch matthe papito excite bobdole cheshire
        thewho mentor tomahawk bismillah bigpoppa ijrjkfl runaway skibum studman helper squeak holycow manfred harlem
        glock gideon margarit medved lambda pasadena johngalt quasar coldplay amand playa bigpimp capricorn elefant
        sweetness luca dominik biker datsun elcamino trinitro malice audi carpente glamour diaper asimov callisto
        nikolai pebble vendetta boytoy cayman zippo wildwood foxylady calibra dungeon leedsutd bestbuy antares dominion
        skillet enforcer derparol mingus remingto giggles klaste coolcat megane synergy macman iforget adgjmp vjqgfhjkm
        rfvfcenhf rogue mamamia carnival bolitas dmitriy dimas papillon knuckles hola tophat cutiepie devo ducks
        ghjuhfvvf asdqwe freefall parol zarina buste vitamin warez bigones baritone jamess twiggy mischief bitchy
        hetfield dontknow grinch calimero letmei acmilan alexandre whiteboy bigdawg zoloto firefigh blowfish screamer
        lfybbk chelse harddick sexylady auditt pizdec kojak kfgjxrf slugger swinging rockie dimples trucking marijuana
        kerouac paco thecure keepout kernel francisc bozo obsidian spud tabasco jaguars dfktynby kokomo popova notused
        sevens magneto roswell lakeside bigbang aspen loki suckmydick strawber joshu advent slimshady whistler stryker
        blueball ksusha bahamut robocop impreza prozac bookie bricks cassandr korova paramedi salope darkangel nomad
        smackdow yoyoma argentin moonligh bootys hardone capricor galant spanker dkflbr magpies krolik cevthrb cheddar
        bigbooty qwedsa duffman bukkake acura johncena sexxy cherries asgard leopold mopar lalakers dogpound crusty
        spanner kestrel fenris universa peachy assasin lemmein eggplant hejsan canucks aikman tupac turnip godlike
        fussball django petrova ratman taekwondo chocha serpent capetown vampir amore gymnast timeout nbvjatq ksenia
        nazgul budweiser clutch mariya sylveste beaker sexxx marseill magellan vehpbr sexgod jktxrf southpaw seneca
        camden camero tenchi johndoe roofer vlad fktyrf wingnut wolfpac notebook goodgirl redhat challeng millenium
        hoops maveric noname gaell onion olympus ricard sixpack gratis gagged camaross hotgirls flasher goldfing
        moonshin gerrard volkov sonyfuck mandrake tracer asians helmut boater dogwood aries navigator goodie hellokitty
        fkbyjxrf earthlink lookout jumbo opendoor ashle wormix murzik lakewood bluejays loveya commande peppe goth oreo
        slammer rasmus redskin ironmaiden gotmilk dejavu midnite timosha espresso delfin toriamos oberon ceasar markie
        vjkjrj daddyo dougie disco auggie lekker noway saigon capecod qazxcv beater bremen aaasss roadrunner platon
        bordeaux vbkfirf supernov optimist ilovegod nightwish alchemy bimbo richar hattrick hott solaris proton nevets
        enternow amigos ambers lenochka suckdick shag intercourse spiral tosser ilove cowgirl canuck munch spoons
        waterboy evgeniy savior zasada redcar mamacita terefon globus doggies htubcnhfwbz cuervo suslik azertyui
        limewire stratfor steaua coors stigmata derf klondike patrici marijuan hardball odyssey nineinch beezer sandr
        charon vauxhall reggae boulder funstuff iriska krokodil rfntymrf sterva bball peeper toolbox cabernet sheepdog
        pigpen lhfrjy banan dabomb jennaj joecool funky ringo junio qqqwww baltimor footjob geezer cashmone pancake
        monic grandam bongo yessir gocubs nastia vancouve barley watford ilikepie laddie hairball toonarmy pimpdadd
        cvthnm hunte davinci lback firenze bonanza daman strap azert wxcvbn afrika theforce idefix wolfen houdini
        scheisse default beech maserati sigmachi bigdicks eskimo mizzou riccardo egghead kronos ghbrjk jomama rfhnjirf
        rodeo dolemite nittany pathfind mikael vqsablpzla purpl gabber modelsne myxworld hellsing punker rocknrol fishon
        lolol twinkie tripleh cirrus redbone biggun allegro gthcbr wanking bootsy mohawk koolaid futurama samoht klizma
        lobo honeys zxasqw joemama javelin samm flicks montag nataly dogbone goodday smoothie toocool metroid archange
        vagabond billabon darkange skateboard evolutio morrowind wizards rockin cumslut plastics zaqwsxcde doit outback
        bumble dominiqu persona nevermore alinka forgetit sexo petunia sheeba elisabet aolsucks woodstoc pumper fabio
        granada scrapper minimoni breaker slimshad friendster wiseguy donner blackbird buffet jellybean barfly behappy
        carebear fireblad boxcar cheeky kiteboy elvisp opennow doktor pornking flamengo snowbird lonesome baracuda
        bleach metall singapor mariner herewego dingo tycoon cubs blunts proview kamasutra lagnaf vipergts navyseal
        starwar masterbate wildone peterbil cucumber butkus climax deniro gotribe cement harrier shodan newyear sedona
        harald doubled bigguns salami awnyce kiwi homemade pimping azzer warhamme linkin dudeman pinnacle maxdog
        flipflop lfitymrf acidburn esquire sperma fellatio jeepster thedon sexybitch pookey spliff widget vfntvfnbrf
        mutant meliss gohome mercede comein grin cartoons paragon henrik rainyday pacino senna alleycat narnia gianni
        wetter clovis escalade rainbows daisydog cocksucker pushkin lefty sambo fyutkjxtr hiziad boyz whiplash orchard
        newark adrenalin bootsie chelle trustme chewy golfgti tuscl ambrosia penetration shonuf jughead payday stickman
        gotham kolokol kolbasa stang puppydog charisma mone jakarta draco nightmar inlove laetitia tarpon nautica meadow
        luckyone chessie goldeney tarakan bungle wordup interne dragonfl sprout gerbil phialpha camber adriano bigjohn
        bismarck scamper rabbits bynthytn mallorca dragster beethove burner fosters normandy sebring killa nounours
        playball xantia rocknroll guillaum strelok prosper buttercup masterp dbnfkbr cambridg venom treefrog lumina
        supra sexybabe freee shen frogs driller pavement dicky checker smackdown pandas cannibal asdffdsa zyjxrf
        nthvbyfnjh melrose neon jabber gamma aprilia atticus benessere catcher azertyuiop thierry treetop jello melons
        tantra buzzer catnip bouncer sexyone ananas olenka sexman mooses kittys sephiroth contra hallowee skylark
        sparkles gofast hannes amethyst ploppy hotass amatory volleyba bettyboo ticklish frenchy trustno leinad mynameis
        spooge hyundai frosch junkmail abacab marbles casio longhair caster snicker gannibal skinhead hansol gatsby
        montecar plato gumby kaboom matty jazzy panter giulia candyass farmboy letsdoit notredam ilikeit rugger uptown
        alcatraz airman navajo kenobi terrier stayout grisha fluff virginie werdna octopus fitter dfcbkbcf blacklab
        montrose supernova frederik ilovepussy radeon blubber sliver swoosh motocros lockdown pearls thebear istheman
        pinetree biit rustydog tampabay titts babycake jehovah streaming collie camil fidelity stitch gatit restart
        budgie grunt capitals hiking dreamcas riffraff makaka playmate napalm rollin amstel samanth rumble jimmys
        pizzaman tralala delpiero alexi yamato itisme vfndtq kahlua londo wonderboy carrots tazz ratboy rfgecnf nico
        fujitsu tujhrf sergbest blobby smirnov panhead bucky duffer cashmoney bagpuss salman titfuck malish dresden
        lemans darina zapper redstar pajero booyah tetsuo semper finder hanuman sunlight treble cupoi dimitri stellar
        nympho saskia bigtruck revoluti feelgood phat gogators bismark cola puck furball burnout slonik bowtie icecube
        fabienn mouser papamama rolex momdad iklo morten rhubarb gareth blitz brest tigercat usmarine lilbit azrael
        lebowski madagaskar begemot loverman dragonballz italiano onions cyrano capcom forlife fisherman requiem mufasa
        piercing hellas abracadabra duckman caracas macintos crescent fduecn hogtied eatmenow ramjet kicksass whatthe
        discus rfhfvtkmrf sqdwfe mantle vegitto trek rudeboy liliya lunchbox riversid acapulco libero dnsadm maison
        toomuch boobear hemlock sextoy pugsley misiek athome migue altoids marcin rhfcfdbwf rhinos rjhjkm ronaldinho
        shampoo makayla kamilla masterbating tennesse holger matchbox hores poptart parlament goodyear hardwood alain
        erection hfytnrb highlife implants benjami dipper jeeper bendover supersonic babybear laserjet gotenks bama
        natedogg pokemo raduga sopranos cashflow menthol pharao hacking ghjcnbnenrf lizzy pooky flyer gramma dipset
        becca donjuan pong alterego logger matisse ljxtymrf victori harle mamas encore mangos diamon alexxx tiamat
        desktop mafia smurf princesa shojou blueberr welkom maximka bobmarley clips ismail termite missie altair bauhaus
        trinitron mogwai juniper boroda jingles qwerasdfzxcv shakur legos mallrats goldeneye tamerlan backbone spleen
        shady darkone justi giggle cloudy aisan douche parkour bluejay redwine satchmo nineball ballsack probes kappa
        amiga dortmund trigun homepage blinky screwy gizzmo belkin chemist coolhand chachi thebest greedisgood wonderfu
        barefeet kcchiefs xian pollux cheerleaers fruity turbos shopper photon espana hillbill oyster macaroni gigabyte
        jesper motown tuxedo triplex cyclones estrell mortis holla fiddle sapphic jurassic thebeast ghjcnjq baura
        karaoke flvbybcnhfnjh frisbee diva ajax feathers allday mierda amature marauder redheads womans egorka godbless
        nimitz sashka madcow socce greywolf baboon pimpdaddy reloaded lancia rfhfylfi dicker placid grimace olemiss
        whores culinary wannabe maxi amelie trample baberuth bramble asdfqwer vides taichi aztnm smother outsider hakr
        blackhawk bigblack girlie spook valeriya gianluca freedo handbag lavalamp cumm pertinant whatup redlight patrik
        dfytxrf aviator sweeps cypher elway yinyang poophead tucson monterey waterfal dank dougal suede minnesot legman
        bukowski ganja mammoth riverrat asswipe daredevi lian kamikadze bellagio wanrltw stiletto lipton arsena
        biohazard bbking chappy tetris darthvad lilwayne nopassword natchez glitter mytime rubicon moto pyon wazzup
        tbird nightowl getoff trueblue hotgirl nevermin deathnote taffy bigal copenhag apricot gallaries dtkjcbgtl
        totoro onlyone civicsi festus abacus sickboy fishtank fungus charle golfpro teensex seaside aleksei rosewood
        blackberry bedlam schumi deerhunt contour darkelf surveyor deltas pitchers dipstick lizzard softtail titman
        greenman smartass notnow myworld chewbacc nosferatu downhill kuan blazers whales soldat craving powerman yfcntyf
        hotrats cfvceyu qweasdzx feline qqwwee chitown mastermind dingbat standby kismet atreides dogmeat icarus
        monkeyboy mouses nicetits sealteam crispy myporn corazo topolino lawman muffy orgy passord hooyah ekmzyf pretzel
        amonra nestle jimbeam happyman stonewal helios manunited harcore gaymen kakashi pjkjnj alcatel taylo allah
        buddydog ltkmaby mongo blonds civilwar bellaco turtles mustan deadspin fynjirf tortoise amor summe waterski zulu
        dtxyjcnm gizmos strife interacial pusyy equinox matri tobydog sammys nachos traktor morgoth dasani mashka ownage
        nightwin hotlips passmast skolko eldiablo manu screwyou badabing foreplay hydro kubrick seductive comeon galileo
        aladdin metoo happines mizuno caddy bizzare redone ohmygod sable bonovox girlies hamper opus aaabbb pizzahut
        kikimora peavey ocelot solace sprocket galary shurik locutus virago wdtnjxtr tequier bisexual doodles makeitso
        fishy fishcake sentry libertad oaktree fivestar vegitta mississi spiffy carme neutron vantage agassi boners
        hilltop taipan barrage fister martian willem lfybkf bluestar moonman ntktdbpjh paperino bikers daffy benji quake
        dragonfly suckcock danilka lapochka belinea calypso asshol abraxas womam youknow maxpower sonora tickler tadpole
        belair crazyman finalfantasy jonatha paisley kissmyas morgana monste mantra spunk jonesy alessand baddest
        ghbdtnrfrltkf zxccxz tictac augustin racers foxfire openit nathanie seadog gangbanged lovehate hondacbr harpoon
        mamochka fisherma bismilla locust saffron utjhubq safeway pisser bdfyjd magenta vfhujif anfisa tyrant guan
        meggie kontol nurlan ayanami yaroslav mutley hugoboss websolutions elpaso gagarin badboys sephirot newuser qian
        edcrfv lockout firedog sokolova skydiver soulfly canary malinka guillerm hookers dogfart osprey rhjkbr stoppedby
        werter divers alpina cali whoknows godspeed foreskin heyyou didier slapnuts fresno honeybun baronn pakista
        philipp topsecret slipper letsfuck godawgs mousey scrotum loveis lighthou susieq ralphie willi antonov sluttey
        rehbwf darian losangeles pusssy godiva ender golfnut leonidas puffer wizzard lehjxrf bigbucks buddys zinger
        esprit vbienrf josep tickling froggie daddys crumbs gucci mikkel opiate christophe petrovich humbug dirtydog
        allstate horatio wachtwoord creepers squirts rotary bigd fujifilm dasha yorkie slimjim wiccan kenzie skunk getit
        pommes daredevil sugars bucker piston lionheart catfight recon icecold fantom vodafone kontakt vfcnth canine
        valleywa faraon livewire livelife roosters jeepers coochie pavlik dewalt dfhdfhf architec blackops rhfcjnf
        wsxedc teaser sebora ankara swifty decimal redleg shanno nermal candies smirnova ranetki axio wertzu maurizio
        zxcvasdf punkass flowe graywolf peddler mpegs seawolf ladyboy pianos piggies vixen alexus orpheus gdtrfb
        macgyver hugetits flathead maurici mailru goofball nikon stopit odin smooch reboot famil bullit gerhard methos
        morena zebras getlost gfynthf sarajevo indon comets tatjana rfgbnjirf joystick sabre beerme kitties comcast
        slava squid saxophon lionhear qaywsx bustle nastena roadway loader hillside starlight niggers bazooka blackice
        bandi cocacol nfhfrfy timur muschi squerting oscars mygirls flashman tangerin housewifes newness escorpio hippo
        qpalzm ribbit ghbdtndctv bogota bigjim lacoste firestorm legenda indain ludacris milamber evangeli letmesee
        shaker husky cnfkrth argyle rjhjdf nataha glendale archery hoochie stooge scorpions rapier bassoon macaco labia
        freewill santiag silverado vflfufcrfh rugrat cornhole aerosmit bionicle gfgfvfvf virgo fmale pokey shredder
        baggies wednesda mimosa sparhawk firehawk romario funtimes fhntvrf bajingan frenchie raiden babemagnet nadejda
        truffles rapture lamborghini motocross rjcvjc telecom carsten pietro carpediem samir orang helium scirocco
        fuzzball rushmore rebelz hotspur lacrimosa domenico yfnfirf jachin bloke dawgs dunhill mikado devilman angelit
        reznor euphoria lesbain checkmat browndog phreak farida mutter luckyme horsemen vgirl jediknig asdas cesare
        allnight rockey starlite passfan samue cazzo wrinkles homely sexpot snapshot asthma thetruth ducky blender
        priyanka gaucho dutchman sizzle kakarot passcode justinbieber elodie sanjay lakshmi zoomer teapot ramada
        pennywis striper chingon optima nudity euclid beeline loyola biguns buffa assmunch vivid wellingt aqwzsx sigmar
        pictere tiptop bettyboop dinero tahiti bionic hawthorn saxman suntzu bernhard dominika balboa seville vfhbyjxrf
        carling lockerroom punani darth vaness libido picher karamba daydream bopper chooch asslover shimmer riddler
        openme tugboat midori gulnara christo swatch laker offroad puddles hackers mannheim horseman komputer pictuers
        ejaculation lioness evilone nastenka pushok javie lilman mjolnir toulouse bigworm fullback extensa dreamcast
        belize delboy casablanca csyjxtr bonghit salvator basher pussylover vivitron meonly armageddon myfriend zardoz
        qwedsazxc kraken fzappa starfox illmatic capoeira weenie ramzes toasty pupkin shinigami fhvfutljy nocturne
        churchil thumbnils tailgate neworder sexymama goarmy cerebus vbifyz surfsup earthlin dabulls basketbal aligator
        mojojojo saibaba wifes wdtnjr slasher papabear terran footman hocke texans sfgiants billabong aassdd monolith
        ticktock newone hellno japanees contortionist rochard privat bigdad fhctybq tortuga citrus avanti woodstock
        embalmer woodwork bonzai konyor newstart jigga panorama goats smithy rugrats hotmama daedalus nonstop fruitbat
        lisenok quaker violator cajun fraggle gayboy oldfart vulva knickerless orgasms undertow binky litle kfcnjxrf
        masturbation bunnie planner transexual sparty leeloo monies fozzie landrove anakonda scoobie henti rfhlbyfk
        beyonce catfood cjytxrf zealots strat fordtruc archangel silvi sativa boogers bigjoe tulip petite greentea
        shitter jonboy voltron morticia evanescence longshot serge aabbcc starbucks sinful drywall homebrew marlins
        letmeinn domini swampy plokij webcam bolivi wingzero qawsedrftg shinji sverige cummer iiyama gocats amour
        alfarome jumanji fantasti lorien koleso murph natascha sunkist kennwort emine grinder cheeba diamante prosto
        pdiddy luckys franci pornographic moochie gfhjdjp samdog comicbookdb emili motdepasse iphone braveheart reeses
        nebula sanjose kickflip arcangel superbow xyzzy dagobert alatam vfpfafrf alessio babemagn aceman arrakis kavkaz
        jasons berserk myspace buckwhea csyekz boingo arnaud budlite redstorm paramore imtheman chango milkyway giveme
        mahalo lucian paddy praxis shimano bigpenis creeper rammstei hfljcnm lambchop bugman stooges cybersex diamant
        cowboyup sentra goethe manhatta fastcar selmer yfnfitymrf denni chewey elektra trousers fishface topspin orwell
        vorona sodapop motherfu ibilltes forall kookie balrog maximilian mypasswo zzxxcc tkfkdg magoo mdogg heeled
        gitara lesbos marajade tippy morozova lesbean pounded fialka scarab sharpie gstring sachin princeto hellohel
        ursitesux billows kombat cashew duracell kseniya kostik rdfhnbhf songoku tiberian needforspeed dropkick panache
        libra kjiflm vfhnsirf cntgfy iamcool narut buffer urlaub fireblade blanked marishka altec gorillaz ramstein
        doorknob devilmaycry sosiska pennstat pioner shevchenko detectiv evildead aggie coffees tical scotts bullwink
        marsel krypto adrock rjitxrf asmodeus rapunzel theboys hotdogs deepthro maxpayne veronic fyyeirf otter cheste
        thanos bedrock bartok xxxzzz rodent montecarlo hernande mikayla bravehea ltymub ameteur saltydog faisal milfnew
        momsuck everques ytngfhjkz businessbabe cooki custard lbvjxrf outlaws udacha insider chees fuckmehard shotokan
        katya seahorse vtldtlm beebop heathe darknes barnie rbcekz alisher toohot theduke breezy bulldawg monkeyman
        baylee losangel mastermi aurelie cayenne bastet wsxzaq geibcnbr yello redwall ladybird bitchs rktjgfnhf ghjdthrf
        oedipus linus impalass fartman fokker optiplex realtor slipkno santacru rowdy jelena smeller sexyme cazzone
        poobear ignatius snoopdogg blondinka honeydew fuckthat lovem goldrush gecko llama pendejo avalanche fremont
        gandolf chowder flyguy magadan pingvin lothar lasers bignuts royboy skynet dragrace booter corvett videoes
        funtik wyvern flange sammydog hulkster vorlon omegared filippo samadams petrus icetea sunderla kazanova aslan
        fktyeirf goodsex lbtest banaan bluenose waffenss whateve trailers vfhbirf bhbcrf klaatu monsoon beachbum sunbeam
        succes rawhide bubblegum princ mackenzi niggaz manatee aquila anechka pamel bugsbunn lovel sestra althor
        hornyman wakeup phishy cerber torrent thething solnishko babel peanu ethernet uncencored baraka choppers texaco
        biggirl sukebe caralho callofduty timelord allblack pavlova romanov tequiero yitbos lookup snowflake dickweed
        barks lever irisha firestar ghjnjnbg danman gatito milhouse kbctyjr masterbaiting delsol papit doggys bdfyjdf
        invictus bloods yourmama angelok verygood yeshua bosshog candys adventur stripe djkjlz dokken skins hogwarts
        vbhevbh navigato desperado cneltyn vasiliy hazmat daytek eightbal fabia aerosmith manue wingchun boohoo hombre
        goatboy fuckm partizan avrora utahjazz submarin pussyeat heinlein costaric smarty chuan triplets snowy snafu
        vangogh vandal evergree cochise sniffer wolvie blackbelt yoshi feeder janeway nutella fuking asscock deepak
        poppie bigshow housewife grils tonto temptress irakli manders seabass gforce songbird naught hotshit topaz
        girfriend marinka jakester thatsme planeta falstaff patrizia reborn riptide shuan nogard chino goodlife harrys
        shitfuck porshe danil dolphi sabaka gobigred volkswagen miamo alkaline muffdive fkbyrf goodguy nirvan ozzie
        cannonda cvbhyjdf marmite joeblow raindrop jacko newday fathead caspe citibank deuce boxter fakepass golfman
        snowdog nonmembe niklas parsifal krasota theshit maganda omicron columbo buick thistle bassin rickster apteka
        sienna skulls miamor coolgirl gravis virgini akasha batma motorcyc bambino tenerife zhuan iloveporn markiza
        hotbabes becool fynjybyf wapapapa forme mamont pizda dragonz scrooge mrbill pfloyd leeroy natedog ishmael
        tecumseh carajo blackcock fedorov antigone feanor novikova bobert peregrin pumkin rayman manuals tooltime
        bonethug tonyhawk laracroft mahalkita terriers gamer hoser littlema molotok glennwei caboose tater brians
        mistral jigsaw fuckshit hornyguy southside edthom bobmarle pitures ilikesex crafty nexus boarder fulcrum
        astonvil yngwie zooropa hotlegs sammi gumbo perkele maurolarastefy lampard barracud dmband abcxyz pathfinder
        yuliya micky jayman halcyon rerfhtre feniks zaxscd gotyoass jaycee jamesb vibrate grandpri camino colossus
        davidb pinguin watermelon lasttime glider pyramids tulane osama rostov scoote bhbyrf gohan galeries joyful
        bigpussy tonka mowgli astalavista leafs primal bigmama okmijn killzone snookie zxcvvcxz lonja trading wallet
        portfolio invest bolsa contrasena acciones mercado
        """
}
