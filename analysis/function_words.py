"""Words that hold sentences together and say nothing of what they are about."""

from __future__ import annotations

_INDONESIAN = """
ada adalah agak agar akan akhirnya aku anda antara apa apakah apalagi asal atas atau awas bagai
bagaimana bagi bahkan bahwa baik bakal banget banyak baru bawah beberapa begini begitu belum
benar berapa berbagai bersama betul bila bisa boleh bukan bukankah cara coba cuma cukup dahulu
dalam dan dapat dari daripada dekat demi demikian dengan depan di dia doang dong dulu enggak entah
gak gimana gini gitu gue hal hampir hanya harus hingga ini itu iya jadi jangan jauh jelas jika juga
justru kadang kah kalau kalian kali kalo kami kamu kan kapan karena kata katanya kayak ke kenapa
kepada ketika khusus kini kita kok kurang lagi lah lain lalu lama langsung lebih lewat loh lu maka
makanya makin malah mana masa masih masing mau maupun melalui memang mengapa menjadi menurut mereka
merupakan meski meskipun mulai mungkin namun nanti ngga nggak nih nya oleh pada padahal paling pas
pasti per pernah pula pun punya saat saja sama sambil sampai sana sang sangat saya se sebab sebagai
sebelum sebuah secara sedang sehingga sejak sekali sekarang sekitar selain selalu selama seluruh
semakin semoga semua sempat sendiri seolah seorang seperti sering serta sesuai sesudah setelah
setiap si siapa sih silakan soal sudah supaya tadi tanpa tapi tau telah tentang terhadap terlalu
ternyata tersebut terus tetap tetapi tiap tidak toh tuh udah untuk usah waktu walau walaupun ya
yaitu yakni yang
"""
_ENGLISH = """
about above after again against all almost already also although always among and another any are
around because been before being below between both but can cannot could did does doing don done
down during each either else even ever every few for from further get gets getting got had has have
having her here hers herself him himself his how however into isn its itself just least less let
like made make many may might more most much must myself neither never nor not now off often once
only onto other our ours out over own per perhaps quite rather really same shall she should since
some still such than that the their theirs them then there these they this those though through thus
too toward under until upon very via was wasn were what when where whether which while who whom
whose why will with within without would yet you your yours
"""
FUNCTION_WORDS = frozenset((_INDONESIAN + _ENGLISH).split())
